import t from 'tap'
import type { SpanBatch } from '../../../../bridge/model/span-batch.ts'
import type { SpanStore } from '../../../../src/ports/span-store.ts'
import { batchOfRows } from '../../../../src/stores/cassandra/jaeger/read-rows.ts'
import { rowsOf } from '../../../../src/stores/cassandra/jaeger/write-rows.ts'
import {
  jaegerMigrations,
  tableOf,
} from '../../../../src/stores/cassandra/schema/migration-files.ts'
import { spanStoreConformance } from '../../../conformance/span-store.ts'
import { needsCassandra } from '../../../servers/cassandra-node.ts'
import { openTestStore, testCluster } from '../test-cluster.ts'

// Each query waits for a server that other tests may use too.
t.setTimeout(900_000)

t.test('JaegerStore fills the port', needsCassandra(), async (t) => {
  const { address, session, keyspace } = await testCluster(t)
  const tables = jaegerMigrations()
    .flatMap(({ statements }) => statements.map(tableOf))
    .filter((table) => table !== undefined)
  let isMade = false
  // A keyspace takes seconds to make: an emptied one is as empty.
  const open = async (): Promise<SpanStore> => {
    if (isMade) {
      for (const table of tables.slice(0, 7)) {
        await session.raw('Cannot empty the tables', `TRUNCATE ${keyspace}.${table}`)
      }
    }
    isMade = true
    return openTestStore(`${address}?layout=jaeger&migrate=auto`)
  }
  const reopen = async (store: SpanStore): Promise<SpanStore> => {
    await store.close()
    return openTestStore(`${address}?layout=jaeger`)
  }
  await spanStoreConformance(t, open, { reopen, kept, random: { queries: 100, spans: 600 } })
})

/** What is left of a batch in rows; that these are right is for the tests of rows. */
function kept(batch: SpanBatch): SpanBatch {
  return batchOfRows([...rowsOf(batch)]).batch
}
