import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { settings } from '../../src/config/settings.ts'
import { testDirectory } from '../test-directory.ts'
import { admin } from './admin-client.ts'
import { freePortOffset, GatewayProcess } from './gateway-process.ts'
import type { RunOptions } from './run-program.ts'
import { runProgram } from './run-program.ts'

t.setTimeout(120_000)

interface Mistake {
  readonly what: string
  readonly args?: readonly string[]
  readonly options?: RunOptions
  /** The whole of stderr. */
  readonly says: string | RegExp
}

const mistakes: readonly Mistake[] = [
  {
    what: 'an unknown flag',
    args: ['--otlp.grpc.prot', '1'],
    says: "spangate: unknown option '--otlp.grpc.prot' (Did you mean --otlp.grpc.port?); --help lists what there is\n",
  },
  {
    what: 'an unknown command',
    args: ['serve'],
    says: "spangate: unknown command 'serve'; --help lists what there is\n",
  },
  {
    what: 'an argument that a command does not have',
    args: ['trace', 'get', '1', '2'],
    says: /^spangate: too many arguments for 'get'\..*\n$/,
  },
  {
    what: 'an unknown variable',
    options: { env: { SPANGATE_STROE: 'memory:' } },
    says: 'spangate: Unknown setting: environment variable SPANGATE_STROE, did you mean SPANGATE_STORE\n',
  },
  {
    what: 'a port over 65535',
    args: ['--admin.port', '70000'],
    says: 'spangate: Cannot use --admin.port: must be at most 65535, is "70000"\n',
  },
  {
    what: 'a port that is no number',
    options: { env: { SPANGATE_OTLP_GRPC_PORT: 'otlp' } },
    says: /^spangate: Cannot use SPANGATE_OTLP_GRPC_PORT: .*, is "otlp"\n$/,
  },
  {
    what: 'an offset that leads past the last port',
    args: ['--port-offset', '48265'],
    says: /^spangate: Cannot use port-offset: storage\.grpc\.port would be 65536, must be at most 65535\n$/,
  },
  {
    what: 'a store that there is not',
    args: ['--store', 'postgres://db'],
    says: /^spangate: Cannot use store "postgres:\/\/db": it names no store that there is; .*\n$/,
  },
  {
    what: 'a file of settings that is missing',
    args: ['--config', '/nowhere/spangate.yaml'],
    says: /^spangate: Cannot read settings: ENOENT.*'\/nowhere\/spangate\.yaml'\n$/,
  },
  {
    what: 'a bound that the largest message does not fit in twice',
    args: ['--store', 'memory:', '--port-offset', '0', '--admission.max-bytes', '4MiB'],
    says: /^spangate: Cannot .*otlp\.grpc\.max-message-size is .* bytes.*\n$/,
  },
]

t.test('a wrong setting ends the program with 2 and one line that names it', async (t) => {
  for (const { what, args = [], options, says } of mistakes) {
    const ran = await runProgram(args, options)
    t.match(ran, { code: 2, stdout: '', stderr: says }, what)
  }
})

t.test('a bound that is too small leaves nothing open behind', async (t) => {
  const path = join(testDirectory(t), 'data')
  const args = ['--store', `sqlite:${path}`, '--admission.max-bytes', '4MiB']
  t.equal((await runProgram(args)).code, 2)
})

t.test('an unknown or wrong key of the YAML file ends the program with 2', async (t) => {
  const file = join(testDirectory(t), 'spangate.yaml')
  const run = async (text: string) => {
    writeFileSync(file, text)
    return await runProgram(['--config', file])
  }
  t.same(await run('otlp.grpc.prot: 4317\n'), {
    code: 2,
    stdout: '',
    stderr: `spangate: Unknown setting: "otlp.grpc.prot" in ${file}, did you mean otlp.grpc.port\n`,
  })
  t.match(await run('store.retention: 3 days\nbind: [a]\n'), {
    code: 2,
    stdout: '',
    stderr:
      /^spangate: Cannot use "bind" in .*, is \["a"\]\nspangate: Cannot use "store\.retention" in .*, is "3 days"\n$/,
  })
  t.match(await run('a: [\n'), {
    code: 2,
    stderr: /^spangate: Cannot read .*spangate\.yaml: .*\n$/,
  })
})

t.test('--help and --version end with 0 on stdout; --help lists every setting', async (t) => {
  const help = await runProgram(['--help'])
  t.match(help, { code: 0, stderr: '' })
  for (const name of Object.keys(settings)) {
    t.match(help.stdout, new RegExp(`^ +--${name.replaceAll('.', '\\.')} <`, 'm'), name)
  }
  for (const command of ['generate', 'trace'])
    t.match(help.stdout, new RegExp(`^ +${command}`, 'm'))
  t.ok(help.stdout.indexOf('generate') < help.stdout.indexOf('--store'), 'commands come first')
  t.match(await runProgram(['--version']), { code: 0, stdout: /^\d+\.\d+\.\d+\n$/, stderr: '' })
})

t.test('a flag wins over the environment, which wins over the file', async (t) => {
  const offset = await freePortOffset()
  const file = join(testDirectory(t), 'spangate.yaml')
  // Each wrong value would end the program, were it the one that counts.
  const none = '192.0.2.1'
  writeFileSync(file, `store: "memory:"\nbind: ${none}\nlog.level: warn\nadmin.port: 1\n`)
  const gateway = await GatewayProcess.start({
    store: 'memory:',
    portOffset: offset,
    env: { SPANGATE_CONFIG: file, SPANGATE_BIND: none, SPANGATE_ADMIN_PORT: String(8888 + offset) },
    args: ['--bind', '127.0.0.1'],
  })
  t.teardown(() => gateway.stop())
  const addresses = await gateway.ready()
  t.equal((await admin(addresses.admin, '/healthz')).status, 200)
  t.notMatch(gateway.stdout, /\[::1\]/, '--bind 127.0.0.1 takes no other address')
  t.equal(gateway.stderr, '', 'log.level of the file holds')
})
