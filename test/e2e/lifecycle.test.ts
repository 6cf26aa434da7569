import t from 'tap'
import { testDirectory } from '../test-directory.ts'
import { until } from '../transport/start-listener.ts'
import { admin } from './admin-client.ts'
import { exportRequest, Ledger, startLoad } from './export-load.ts'
import { GatewayProcess } from './gateway-process.ts'
import { unfinishedExport } from './unfinished-export.ts'

t.setTimeout(120_000)

const request = { trace: 1, firstId: 1, count: 3 }

t.test('the program says where it listens, and answers on its admin port', async (t) => {
  const gateway = await GatewayProcess.start()
  t.teardown(() => gateway.stop())
  const addresses = await gateway.ready()
  const port = (standard: number) => `:${standard + gateway.portOffset}`
  const address = (standard: number) =>
    `127\\.0\\.0\\.1${port(standard)}(,\\[::1\\]${port(standard)})?`
  t.match(
    gateway.stdout,
    new RegExp(
      `^spangate ready otlp\\.grpc=${address(4317)} otlp\\.http=${address(4318)} jaeger\\.grpc=${address(14250)} ` +
        `jaeger\\.http=${address(14268)} zipkin\\.http=${address(9411)} storage\\.grpc=${address(17271)} query\\.grpc=${address(16685)} ` +
        `query\\.http=${address(16686)} ` +
        `sampling\\.http=${address(5778)} sampling\\.grpc=${address(5779)} ` +
        `jaeger\\.udp\\.compact=${address(6831)} jaeger\\.udp\\.binary=${address(6832)} ` +
        `jaeger\\.udp\\.zipkin=${address(5775)} admin=${address(8888)}\n$`,
    ),
    'the ready line is all that goes to stdout',
  )
  t.match(await admin(addresses.admin, '/healthz'), { status: 200, body: '{"status":"ok"}' })
  t.match(await admin(addresses.admin, '/readyz'), { status: 200, body: '{"status":"ready"}' })
  const metrics = await admin(addresses.admin, '/metrics')
  t.match(metrics, { status: 200, type: /^text\/plain; version=0\.0\.4/ })
  t.match(metrics.body, /^spangate_bytes_in_flight 0$/m)
  t.equal((await admin(addresses.admin, '/nothing')).status, 404)
  t.equal((await gateway.stop()).code, 0)
  for (const line of gateway.stderr.trimEnd().split('\n')) t.type(JSON.parse(line), 'object')
})

for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
  t.test(`${signal} while exports are under way loses nothing that was acknowledged`, async (t) => {
    const store = `sqlite:${testDirectory(t)}/data`
    const ledger = new Ledger()
    const gateway = await GatewayProcess.start({ store })
    t.teardown(() => gateway.stop())
    const { otlpGrpc } = await gateway.ready()
    const load = startLoad({ address: otlpGrpc, ledger, clients: 16, firstTrace: 1 })
    await load.reached(50)
    gateway.signal(signal)
    t.same(await gateway.exited, { code: 0, signal: null })
    await load.stop()
    const codes = new Set(load.refusals.map(({ code }) => code))
    t.same([...codes], ['UNAVAILABLE'], 'whoever was not served may send again')
    t.match(gateway.stderr, /"msg":"stopped"/)
    const next = await GatewayProcess.start({ store })
    t.teardown(() => next.stop())
    const { queryGrpc } = await next.ready()
    t.same(await ledger.faults(queryGrpc), [], `all ${ledger.count} spans are there`)
  })
}

t.test('a stopping program finishes the request that is still arriving', async (t) => {
  const store = `sqlite:${testDirectory(t)}/data`
  const gateway = await GatewayProcess.start({ store })
  t.teardown(() => gateway.stop())
  const addresses = await gateway.ready()
  const call = await unfinishedExport(addresses.otlpGrpc, exportRequest(request))
  gateway.signal('SIGTERM')
  await until(async () => (await admin(addresses.admin, '/readyz')).status === 503)
  t.equal((await admin(addresses.admin, '/healthz')).status, 200, 'it still runs')
  await t.rejects(unfinishedExport(addresses.otlpGrpc, exportRequest(request)), {
    code: /ECONNREFUSED|ERR_HTTP2/,
  })
  t.equal(await call.finish(), 0, 'the answer is OK')
  t.same(await gateway.exited, { code: 0, signal: null })
  const ledger = new Ledger()
  ledger.acknowledged(request)
  const next = await GatewayProcess.start({ store })
  t.teardown(() => next.stop())
  t.same(await ledger.faults((await next.ready()).queryGrpc), [])
})

t.test('a stopping program waits no longer than shutdown.grace', async (t) => {
  const gateway = await GatewayProcess.start({ args: ['--shutdown.grace', '300ms'] })
  t.teardown(() => gateway.stop())
  const { otlpGrpc } = await gateway.ready()
  const call = await unfinishedExport(otlpGrpc, exportRequest(request))
  gateway.signal('SIGTERM')
  t.same(await gateway.exited, { code: 0, signal: null })
  t.match(gateway.stderr, /calls cut after the grace/)
  await call.closed
})

t.test('the second signal ends a stopping program at once with 1', async (t) => {
  const gateway = await GatewayProcess.start({ args: ['--shutdown.grace', '60s'] })
  t.teardown(() => gateway.stop())
  const addresses = await gateway.ready()
  await unfinishedExport(addresses.otlpGrpc, exportRequest(request))
  gateway.signal('SIGINT')
  await until(async () => (await admin(addresses.admin, '/readyz')).status === 503)
  gateway.signal('SIGTERM')
  t.same(await gateway.exited, { code: 1, signal: null })
})

t.test('a signal before the program is ready ends it with 0', async (t) => {
  const gateway = await GatewayProcess.start()
  t.teardown(() => gateway.stop())
  // The first line of the log: signals are handled, and not everything listens yet.
  await until(async () => gateway.stderr !== '')
  gateway.signal('SIGTERM')
  t.same(await gateway.exited, { code: 0, signal: null })
})
