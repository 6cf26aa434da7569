import t from 'tap'
import type { ConfigSources } from '../../src/config/load-config.ts'
import { loadConfig } from '../../src/config/load-config.ts'
import { environmentName, listOf, settings } from '../../src/config/settings.ts'

const nothing: ConfigSources = { flags: new Map(), environment: {}, file: undefined }

t.test('loadConfig() fills every default when nothing is given', async (t) => {
  const loaded = loadConfig(nothing)
  t.match(loaded, {
    kind: 'config',
    config: { 'otlp.grpc.port': 4317, store: 'sqlite:./spangate-data' },
  })
  if (loaded.kind === 'config') t.strictSame(Object.keys(loaded.config), Object.keys(settings))
})

t.test('loadConfig() lets a flag win over the environment, which wins over the file', async (t) => {
  const file = {
    name: 'a.yaml',
    text: 'bind: from-file\nstore: "memory:"\nshutdown.grace: 3s\nadmin.port: 7',
  }
  const environment = { SPANGATE_BIND: 'from-env', SPANGATE_SHUTDOWN_GRACE: '1m30s', HOME: '/root' }
  const flags = new Map([['bind', 'from-flag']])
  const expected = {
    bind: 'from-flag',
    'shutdown.grace': 90_000,
    store: 'memory:',
    'admin.port': 7,
  }
  t.match(loadConfig({ flags, environment, file }), { kind: 'config', config: expected })
})

t.test('loadConfig() adds port-offset to the ports that no source sets', async (t) => {
  const flags = new Map([
    ['port-offset', '10000'],
    ['admin.port', '0'],
  ])
  const expected = { 'otlp.grpc.port': 14317, 'jaeger.grpc.port': 24250, 'admin.port': 0 }
  t.match(loadConfig({ ...nothing, flags }), { kind: 'config', config: expected })
})

t.test('loadConfig() reads over what Kubernetes sets for services named spangate', async (t) => {
  const environment = {
    SPANGATE_SERVICE_HOST: '10.0.0.1',
    SPANGATE_SERVICE_PORT: '4317',
    SPANGATE_SERVICE_PORT_OTLP_GRPC: '4317',
    SPANGATE_PORT: 'tcp://10.0.0.1:4317',
    SPANGATE_PORT_4317_TCP: 'tcp://10.0.0.1:4317',
    SPANGATE_PORT_4317_TCP_PROTO: 'tcp',
    SPANGATE_PORT_4317_TCP_PORT: '4317',
    SPANGATE_PORT_4317_TCP_ADDR: '10.0.0.1',
    SPANGATE_PORT_6831_UDP: 'udp://10.0.0.1:6831',
    // Of a service named spangate-admin; the setting has this name too.
    SPANGATE_ADMIN_PORT: 'tcp://10.0.0.2:8888',
    SPANGATE_QUERY_HTTP_PORT: '16999',
  }
  t.match(loadConfig({ ...nothing, environment }), {
    kind: 'config',
    config: { 'admin.port': 8888, 'query.http.port': 16_999, 'otlp.grpc.port': 4317 },
  })
  const wrong = { SPANGATE_ADMIN_PORT: '8888/tcp', SPANGATE_PORTS: 'tcp://10.0.0.1:4317' }
  const { problems = [] } = loadConfig({ ...nothing, environment: wrong }) as {
    problems?: readonly string[]
  }
  t.equal(problems.length, 2, 'all else is as wrong as ever')
})

const wrong: readonly [string, Partial<ConfigSources>, string][] = [
  [
    'an unknown key in the file, with a near one',
    { file: { name: 'a.yaml', text: 'otlp.grpc.prot: 1' } },
    'Unknown setting: "otlp.grpc.prot" in a.yaml, did you mean otlp.grpc.port',
  ],
  [
    'an unknown variable',
    { environment: { SPANGATE_STORES: 'x' } },
    'Unknown setting: environment variable SPANGATE_STORES, did you mean SPANGATE_STORE',
  ],
  [
    'a port over its limit',
    { flags: new Map([['admin.port', '65536']]) },
    'Cannot use --admin.port: must be at most 65535, is "65536"',
  ],
  [
    'a duration without unit',
    { environment: { SPANGATE_STORE_RETENTION: '72' } },
    'Cannot use SPANGATE_STORE_RETENTION: must be a duration such as 500ms, 2s, 1m30s or 7d, is "72"',
  ],
  [
    'a size that is too small',
    { flags: new Map([['admission.max-bytes', '1KiB']]) },
    'Cannot use --admission.max-bytes: must be at least 1MiB, is "1KiB"',
  ],
  [
    'a fraction over 1',
    { flags: new Map([['sampling.default-probability', '1.5']]) },
    'Cannot use --sampling.default-probability: must be at most 1, is "1.5"',
  ],
  [
    'a fraction that is no number',
    { flags: new Map([['sampling.default-probability', '0x1']]) },
    'Cannot use --sampling.default-probability: must be a number, is "0x1"',
  ],
  [
    'a choice that is not offered',
    { file: { name: 'b.yaml', text: 'log.level: loud' } },
    'Cannot use "log.level" in b.yaml: must be one of trace, debug, info, warn, error, fatal, silent, is "loud"',
  ],
  [
    'a file that is a list',
    { file: { name: 'c.yaml', text: '- a' } },
    'Cannot read c.yaml: it must be a map of settings',
  ],
  ['broken YAML', { file: { name: 'd.yaml', text: 'a: [' } }, 'Cannot read d.yaml: '],
  [
    'one port for two listeners',
    { flags: new Map([['otlp.grpc.port', '14250']]) },
    'Cannot use port 14250: otlp.grpc.port and jaeger.grpc.port are both set to it',
  ],
  [
    'an offset that leaves the range of ports',
    { flags: new Map([['port-offset', '50000']]) },
    'Cannot use port-offset: storage.grpc.port would be 67271, must be at most 65535',
  ],
]
for (const [what, sources, start] of wrong) {
  t.test(`loadConfig() refuses ${what}`, async (t) => {
    const loaded = loadConfig({ ...nothing, ...sources })
    const problems = loaded.kind === 'problems' ? loaded.problems : ['was taken']
    t.equal(problems[0]?.slice(0, start.length), start)
  })
}

t.test('environmentName() gives each setting a name of its own', async (t) => {
  const names = Object.keys(settings).map(environmentName)
  t.equal(new Set(names).size, names.length)
  t.equal(environmentName('store.clock-grace'), 'SPANGATE_STORE_CLOCK_GRACE')
})

t.test('loadConfig() reads fractions as people write them', async (t) => {
  for (const [text, value] of [
    ['0', 0],
    ['1', 1],
    ['.25', 0.25],
    ['1e-3', 0.001],
  ] as const) {
    const flags = new Map([['sampling.default-probability', text]])
    const loaded = loadConfig({ flags, environment: {}, file: undefined })
    t.match(loaded, { kind: 'config', config: { 'sampling.default-probability': value } })
  }
})

t.test('listOf() gives the entries of a list, which may be empty', async (t) => {
  t.strictSame(listOf(''), [])
  t.strictSame(listOf(' https://a.example , ,*'), ['https://a.example', '*'])
  const flags = new Map([['otlp.http.cors.allowed-origins', '']])
  t.match(loadConfig({ flags, environment: {}, file: undefined }), {
    kind: 'config',
    config: { 'otlp.http.cors.allowed-origins': '' },
  })
})
