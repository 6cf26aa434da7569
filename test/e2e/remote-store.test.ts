import t from 'tap'
import { freePort } from '../servers/free-port.ts'
import { testDirectory } from '../test-directory.ts'
import { until } from '../transport/start-listener.ts'
import { admin as askAdmin } from './admin-client.ts'
import { Ledger, startLoad } from './export-load.ts'
import { freePortOffset, GatewayProcess } from './gateway-process.ts'

// One spangate is the store of another, and is killed while spans come.

t.setTimeout(120_000)

t.test('what was acknowledged outlives kill -9 of the remote, without a restart', async (t) => {
  const kept = { store: `sqlite:${testDirectory(t)}/data`, portOffset: await freePortOffset() }
  let remote = await GatewayProcess.start(kept)
  t.teardown(() => remote.stop())
  const { storageGrpc } = await remote.ready()
  const gateway = await GatewayProcess.start({ store: `grpc://${storageGrpc}` })
  t.teardown(() => gateway.stop())
  const { otlpGrpc, queryGrpc, admin } = await gateway.ready()
  const readiness = async () => (await askAdmin(admin, '/readyz')).status
  const ledger = new Ledger()
  const load = startLoad({
    address: otlpGrpc,
    ledger,
    clients: 4,
    firstTrace: 100,
    timeoutMs: 20_000,
    pauseMs: 5,
    retryForMs: 60_000,
  })
  for (let kill = 1; kill <= 3; kill++) {
    await load.reached(load.acknowledged + 20 + 7 * kill)
    await remote.kill9()
    const refused = load.refusals.length
    await until(() => load.refusals.length > refused + 4)
    await until(async () => (await readiness()) === 503)
    await remote.stop()
    remote = await GatewayProcess.start(kept)
    await remote.ready()
    await until(async () => (await readiness()) === 200)
  }
  await load.reached(load.acknowledged + 20)
  await load.stop()
  t.same(load.givenUp, [], 'sending again heals all')
  const odd = load.refusals.filter(
    ({ code, retryAfterMs }) => code !== 'UNAVAILABLE' || !((retryAfterMs ?? 0) > 0),
  )
  t.same(odd, [], 'each refusal says that it may be sent again, and when')
  t.ok(ledger.count > 1000, `${ledger.count} spans`)
  t.same(await ledger.faults(queryGrpc), [], 'all that was acknowledged is there, once')
  const { code } = await gateway.stop()
  t.equal(code, 0, 'it was the same process all the time')
})

t.test('a gateway whose remote is away says so, and does not start', async (t) => {
  const port = await freePort()
  const gateway = await GatewayProcess.start({
    store: `grpc://127.0.0.1:${port}`,
    args: ['--store.remote.connect-timeout', '2s'],
  })
  t.teardown(() => gateway.stop())
  t.equal((await gateway.exited).code, 1)
  t.match(gateway.stderr, new RegExp(`no connection to 127.0.0.1:${port} in 2000 ms.*ECONNREFUSED`))
})
