import cassandra from 'cassandra-driver'
import t from 'tap'
import { ClusterSession } from '../../../src/stores/cassandra/cluster-session.ts'
import { NativeSamplingStore } from '../../../src/stores/cassandra/native/native-sampling-store.ts'
import { migrate } from '../../../src/stores/cassandra/schema/migrate.ts'
import { samplingStoreConformance } from '../../conformance/sampling-store.ts'
import { needsCassandra } from '../../servers/cassandra-node.ts'
import { sessionOptions, testCluster } from './test-cluster.ts'

t.setTimeout(300_000)

/** The driver says how its generator may be changed; its types do not. */
interface Generators {
  readonly MonotonicTimestampGenerator: { readonly prototype: { getDate(): number } }
}

const tables = ['sampling_head', 'sampling_part', 'sampling_lease']

t.test('NativeSamplingStore fills the port', needsCassandra(), async (t) => {
  const { address, keyspace, session } = await testCluster(t)
  const options = sessionOptions(address)
  await migrate(session, { address: options.address })
  const another = async () =>
    new NativeSamplingStore(await ClusterSession.connect(options, keyspace))
  await samplingStoreConformance(t, {
    open: async () => {
      for (const table of tables) {
        await session.raw('Cannot empty a table', `TRUNCATE ${keyspace}.${table}`)
      }
      return another()
    },
    beside: another,
    reopen: async (store) => {
      await store.close()
      return another()
    },
  })

  await t.test('a process whose clock is an hour ahead keeps nobody from writing', async (t) => {
    const [ahead, behind] = [await another(), await another()]
    const document = { kind: 'shares', name: 'skewed', ttlMs: 60_000 } as const
    const first = { ...document, version: 1, parts: [Buffer.from('first')] }
    const second = { ...document, version: 5, parts: [Buffer.from('second')] }
    const generators = cassandra.policies.timestampGeneration as Generators
    const clock = t.intercept(generators.MonotonicTimestampGenerator.prototype, 'getDate', {
      value: () => Date.now() + 3_600_000,
    })
    await ahead.put(first)
    clock.restore()
    await behind.put(second)
    t.equal((await ahead.versions('shares')).get('skewed'), 5)
    t.same(await ahead.get('shares', 'skewed', 5), second.parts, 'in the place of version 1')
    await Promise.all([ahead.close(), behind.close()])
  })

  await t.test('every row has a time after which it is gone, and a bound', async (t) => {
    const store = await another()
    for (let version = 1; version <= 40; version++) {
      const parts = [Buffer.alloc(100), Buffer.alloc(10)]
      await store.put({ kind: 'counts', name: 'bounded', version, parts, ttlMs: 60_000 })
    }
    await store.lease({ id: 'bounded', process: 'host:1' }, 60_000)
    await store.close()
    const ttlOf = { sampling_head: 'version', sampling_part: 'bytes', sampling_lease: 'process' }
    for (const [table, column] of Object.entries(ttlOf)) {
      const cql = `SELECT TTL(${column}) AS seconds FROM ${keyspace}.${table}`
      const rows = await session.raw('Cannot read', cql)
      t.ok(rows.length > 0, table)
      for (const row of rows) t.ok(row['seconds'] > 0 && row['seconds'] <= 86_400, table)
    }
    const cql = `SELECT name FROM ${keyspace}.sampling_part WHERE name = 'bounded' ALLOW FILTERING`
    t.equal((await session.raw('Cannot read', cql)).length, 8, 'four versions of two parts')
  })
})
