import t from 'tap'
import { openSamplingStore } from '../../../../src/stores/open-sampling-store.ts'
import { cassandraTimes } from '../../../../src/stores/open-store.ts'
import { needsCassandra } from '../../../servers/cassandra-node.ts'
import { testCluster } from '../test-cluster.ts'
import { makeJaegerKeyspace } from './jaeger-keyspace.ts'

t.setTimeout(300_000)

t.test(
  'a keyspace of Jaeger alone leaves sampling to each process',
  needsCassandra(),
  async (t) => {
    const cluster = await testCluster(t)
    await makeJaegerKeyspace(cluster, 'v004')
    const { session, keyspace, address } = cluster
    for (const layout of ['', '?layout=jaeger']) {
      const warnings: string[] = []
      const store = await openSamplingStore(
        { address: `${address}${layout}`, cassandra: cassandraTimes },
        (message) => warnings.push(message),
      )
      t.equal(store.isKept, false)
      t.match(warnings, ["the keyspace has Jaeger's tables alone"])
      await store.close()
    }
    const cql = 'SELECT table_name FROM system_schema.tables WHERE keyspace_name = ?'
    const tables = await session.raw('Cannot read', cql, [keyspace])
    t.notOk(
      tables.some((row) => row['table_name'] === 'sampling_head'),
      'nothing was made',
    )
  },
)
