import t from 'tap'
import { needsCassandra } from '../../servers/cassandra-node.ts'
import { openTestStore, testCluster } from './test-cluster.ts'

t.setTimeout(300_000)
const gone = AbortSignal.abort()

t.test(
  'links() sums what was counted in the window, of one tenant',
  needsCassandra(),
  async (t) => {
    const { address, session, keyspace } = await testCluster(t)
    const store = await openTestStore(`${address}?migrate=auto`)
    t.teardown(() => store.close())
    const dayMs = 86_400_000
    const count = (tenant: string, atMs: number, child: string, calls: number) =>
      session.raw(
        '',
        `INSERT INTO ${keyspace}.dependency (tenant, day, at_ms, parent, child, source, call_count) VALUES (?, ?, ?, 'shop', ?, 'x', ?)`,
        [tenant, Math.floor(atMs / dayMs), BigInt(atMs), child, BigInt(calls)],
      )
    const noon = 20_000 * dayMs + dayMs / 2
    await count('', noon, 'stock', 3)
    await count('', noon + dayMs, 'stock', 4)
    await count('', noon + dayMs, 'cart', 5)
    await count('blue', noon, 'cart', 100)
    const link = (child: string, callCount: number) => ({
      parent: 'shop',
      child,
      callCount,
      source: 'x',
    })
    const links = (startMs: number, endMs: number) =>
      store.dependencies?.links('', { startMs, endMs })
    t.strictSame(await links(noon, noon + dayMs + 1), [link('cart', 5), link('stock', 7)])
    t.strictSame(await links(noon, noon + dayMs), [link('stock', 3)], 'the end is not in it')
    t.strictSame(await links(noon + 1, noon + dayMs + 1), [link('cart', 5), link('stock', 4)])
    t.strictSame(await links(noon, noon), [])
    // A window of a hundred years asks for the days that there are.
    t.strictSame(await links(0, 100 * 365 * dayMs), [link('cart', 5), link('stock', 7)])
    t.strictSame(await store.dependencies?.links('blue', { startMs: noon, endMs: noon + 1 }), [
      link('cart', 100),
    ])
    const unwanted = async () =>
      store.dependencies?.links('', { startMs: noon, endMs: noon + 1 }, gone)
    await t.rejects(unwanted, { code: 'cancelled' })
  },
)
