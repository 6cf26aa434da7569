import t from 'tap'
import { ClusterSession } from '../../src/stores/cassandra/cluster-session.ts'
import { migrate } from '../../src/stores/cassandra/schema/migrate.ts'
import { CassandraNode, needsCassandra } from '../servers/cassandra-node.ts'
import { sessionOptions } from '../stores/cassandra/test-cluster.ts'
import { Ledger, startLoad } from './export-load.ts'
import { GatewayProcess } from './gateway-process.ts'

// Three starts of a server, two of the program.
t.setTimeout(300_000)

t.test('cassandra: keeps what it acknowledged', needsCassandra(), async (t) => {
  const node = await CassandraNode.start({ commitLog: 'batch' })
  t.teardown(() => node.stop())
  const store = `cassandra://127.0.0.1:${node.port}/spans`
  await prepare(store)
  const args = ['--store.cassandra.timeout', '2s']
  const ledger = new Ledger()
  const first = await GatewayProcess.start({ store, args })
  t.teardown(() => first.stop())
  const { otlpGrpc, queryGrpc } = await first.ready()
  const loadOf = (address: string, firstTrace: number) =>
    startLoad({ address, ledger, clients: 8, firstTrace, timeoutMs: 10_000 })

  await t.test('a server that is killed -9, and comes back while the gateway runs', async (t) => {
    const load = loadOf(otlpGrpc, 100)
    await load.reached(60)
    await node.kill9()
    const before = load.acknowledged
    await refusals(load, 10)
    for (const { code, retryAfterMs } of load.refusals) {
      if (code === 'DEADLINE_EXCEEDED') continue
      t.equal(code, 'UNAVAILABLE')
      t.ok((retryAfterMs ?? 0) > 0, 'says when to try again')
    }
    await node.restart()
    await load.reached(before + 60)
    await load.stop()
    t.same(await ledger.faults(queryGrpc), [])
  })

  await t.test('a gateway that is killed -9, and the next one', async (t) => {
    const load = loadOf(otlpGrpc, 200)
    await load.reached(60)
    await first.kill9()
    await load.stop()
    const next = await GatewayProcess.start({ store, args })
    t.teardown(() => next.stop())
    const addresses = await next.ready()
    t.same(await ledger.faults(addresses.queryGrpc), [])
    t.comment(`${ledger.count} spans acknowledged`)
    t.ok(ledger.count > 1000, 'spans were written')
  })
})

/** Tables take longer to make than a program has to be ready. */
async function prepare(store: string): Promise<void> {
  const options = sessionOptions(store)
  const session = await ClusterSession.connect(options, undefined)
  await migrate(session, { address: options.address })
  await session.close()
}

async function refusals(load: ReturnType<typeof startLoad>, count: number): Promise<void> {
  const deadline = performance.now() + 60_000
  while (load.refusals.length < count) {
    if (performance.now() > deadline) throw new Error('nothing was refused')
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}
