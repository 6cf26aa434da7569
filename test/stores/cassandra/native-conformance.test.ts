import t from 'tap'
import type { SpanStore } from '../../../src/ports/span-store.ts'
import { spanStoreConformance } from '../../conformance/span-store.ts'
import { needsCassandra } from '../../servers/cassandra-node.ts'
import { openTestStore, retentionMs, testCluster } from './test-cluster.ts'

// Each query waits for a server that other tests may use too.
t.setTimeout(400_000)

t.test('NativeStore fills the port', needsCassandra(), async (t) => {
  const { address } = await testCluster(t)
  const openAs = async (prefix: string): Promise<SpanStore> => {
    const store = await openTestStore(`${address}?migrate=auto`)
    return withPrefix(store, prefix)
  }
  const prefixes = new Map<SpanStore, string>()
  let opened = 0
  // A keyspace takes seconds to make: tenants of its own are as empty.
  const open = async (): Promise<SpanStore> => {
    opened += 1
    const prefix = `store ${opened}/`
    const store = await openAs(prefix)
    prefixes.set(store, prefix)
    return store
  }
  const reopen = async (store: SpanStore): Promise<SpanStore> => {
    await store.close()
    return openAs(prefixes.get(store) ?? '')
  }
  await spanStoreConformance(t, open, { retentionMs, reopen, random: { queries: 150 } })
})

function withPrefix(store: SpanStore, prefix: string): SpanStore {
  return {
    cannot: store.cannot,
    write: (tenant, ...rest) => store.write(prefix + tenant, ...rest),
    trace: (tenant, ...rest) => store.trace(prefix + tenant, ...rest),
    lostParts: (tenant, ...rest) => store.lostParts(prefix + tenant, ...rest),
    find: (tenant, ...rest) => store.find(prefix + tenant, ...rest),
    summaries: (tenant, ...rest) => store.summaries(prefix + tenant, ...rest),
    services: (tenant) => store.services(prefix + tenant),
    operations: (tenant, ...rest) => store.operations(prefix + tenant, ...rest),
    close: () => store.close(),
  }
}
