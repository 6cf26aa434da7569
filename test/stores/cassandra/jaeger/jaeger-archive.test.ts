import t from 'tap'
import type { SpanBatch } from '../../../../bridge/model/span-batch.ts'
import { spanCount } from '../../../../bridge/model/span-batch.ts'
import type { SpanStore } from '../../../../src/ports/span-store.ts'
import { parseCassandraAddress } from '../../../../src/stores/cassandra/cassandra-address.ts'
import { batchOfRows } from '../../../../src/stores/cassandra/jaeger/read-rows.ts'
import { rowsOf } from '../../../../src/stores/cassandra/jaeger/write-rows.ts'
import { cutOver } from '../../../../src/stores/cassandra/schema/cutover.ts'
import { patience } from '../../../conformance/answer.ts'
import { archiveStoreConformance } from '../../../conformance/archive-store.ts'
import { sampleBatch, sampleGroup, sampleSpan, traceIdOf } from '../../../conformance/sample.ts'
import { needsCassandra } from '../../../servers/cassandra-node.ts'
import { openTestStore, testCluster } from '../test-cluster.ts'
import { makeJaegerKeyspace } from './jaeger-keyspace.ts'
import { writeOddRows } from './odd-rows.ts'

t.setTimeout(600_000)
const needs = needsCassandra()

t.test('the archive of a keyspace that Jaeger has made', needs, async (t) => {
  const cluster = await testCluster(t)
  const { session, keyspace } = cluster
  const archive = `${keyspace}_archive`
  t.teardown(() => session.raw('', `DROP KEYSPACE IF EXISTS ${archive}`))
  await makeJaegerKeyspace(cluster, 'v004')
  const address = `${cluster.address}?archive=${archive}`

  await t.test('is none without the parameter, and refused where it is not there', async (t) => {
    const store = await openTestStore(cluster.address)
    t.equal(store.archive, undefined)
    await store.close()
    await t.rejects(openTestStore(address), {
      code: 'store_unusable',
      message: new RegExp(
        `keyspace "${archive}" lacks traces, service_names, .* Jaeger's are known`,
      ),
    })
  })

  await (await openTestStore(`${address}&migrate=auto`)).close()
  await archiveStoreConformance(
    t,
    async () => {
      // A keyspace takes seconds to make: an emptied one is as empty.
      await session.raw('Cannot empty the archive', `TRUNCATE ${archive}.traces`)
      return openTestStore(address)
    },
    {
      onlyTenant: '',
      kept,
      reopen: async (opened) => {
        await opened.close()
        return openTestStore(address)
      },
    },
  )

  await t.test('has what Jaeger has archived, and keeps rows beside it for good', async (t) => {
    await session.raw('Cannot empty the archive', `TRUNCATE ${archive}.traces`)
    await writeOddRows({ ...cluster, keyspace: archive }, 1_700_000_000_000_000)
    const store = await openTestStore(address)
    t.equal(await countIn(store, 1), 4)
    await store.archive?.write('', batchOf(7, 3), patience)
    const rows = await session.raw(
      '',
      `SELECT trace_id, TTL(duration) AS ttl FROM ${archive}.traces`,
    )
    const own = rows.filter((row) => Buffer.from(traceIdOf(7)).equals(row['trace_id']))
    t.same(
      own.map((row) => row['ttl']),
      [null, null, null],
      'whatever the table says',
    )
    const main = await session.raw('', `SELECT trace_id FROM ${keyspace}.traces`)
    t.equal(main.length, 0, 'nothing goes to the keyspace of the spans')
    const names = await session.raw('', `SELECT service_name FROM ${archive}.service_names`)
    t.notOk(
      names.some((row) => row['service_name'] === 'shop'),
      'no index and no name',
    )
    await t.rejects(async () => store.archive?.write('blue', batchOf(8, 1), patience), {
      code: 'invalid_argument',
      field: 'tenant',
    })
    await store.close()
  })

  await t.test('is read for good after a cutover, beside that of native tables', async (t) => {
    await cutOver(session, { address: parseCassandraAddress(cluster.address), isBack: false })
    const both = await openTestStore(address)
    t.teardown(() => both.close())
    t.equal(await countIn(both, 7), 3, 'what was archived before')
    await both.archive?.write('', kept(batchOf(7, 4)), patience)
    t.equal(await countIn(both, 7), 4, 'each span once, of both archives')
    const [row] = await session.raw('', `SELECT count(*) AS rows FROM ${keyspace}.archived_trace`)
    t.ok(Number(row?.['rows']) > 0, 'new ones go to the native table')
    await both.archive?.write('blue', batchOf(9, 1), patience)
    t.equal(await countIn(both, 9, 'blue'), 1, 'which has tenants')
  })
})

t.test('layout native has no use for an archive of Jaeger', needs, async (t) => {
  const { address } = await testCluster(t)
  await t.rejects(openTestStore(`${address}?migrate=auto&archive=other`), {
    code: 'bad_settings',
    message: /its archive is for layout jaeger: layout native archives in a table of its own/,
  })
})

/** What is left of a batch in rows. */
function kept(batch: SpanBatch): SpanBatch {
  return batchOfRows([...rowsOf(batch)]).batch
}

function batchOf(trace: number, spans: number): SpanBatch {
  const some = Array.from(Array(spans).keys(), (at) => sampleSpan({ trace, id: at + 1 }))
  return sampleBatch([sampleGroup(some)], Date.now())
}

async function countIn(store: SpanStore, trace: number, tenant = ''): Promise<number> {
  let count = 0
  for await (const part of store.archive?.trace(tenant, traceIdOf(trace), patience) ?? []) {
    count += spanCount(part)
  }
  return count
}
