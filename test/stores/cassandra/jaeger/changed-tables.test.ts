import t from 'tap'
import {
  jaegerMigrations,
  qualified,
} from '../../../../src/stores/cassandra/schema/migration-files.ts'
import { findTraces, patience } from '../../../conformance/answer.ts'
import { sampleBatch, sampleGroup, sampleSpan } from '../../../conformance/sample.ts'
import { needsCassandra } from '../../../servers/cassandra-node.ts'
import { openTestStore, testCluster } from '../test-cluster.ts'
import { makeJaegerKeyspace } from './jaeger-keyspace.ts'

t.setTimeout(300_000)

t.test(
  'a store goes on when its tables are altered, or dropped and made again',
  needsCassandra(),
  async (t) => {
    const cluster = await testCluster(t)
    const { session, keyspace } = cluster
    const run = (statement: string) => session.raw('Cannot prepare', statement)
    await makeJaegerKeyspace(cluster, 'v004')
    const store = await openTestStore(cluster.address)
    t.teardown(() => store.close())
    const write = (trace: number) => {
      const spans = [1, 2].map((id) =>
        sampleSpan({ trace, id, startMicros: 1000 + trace, attributes: { a: 'b', n: 2n } }),
      )
      return store.write('', sampleBatch([sampleGroup(spans)], Date.now()), patience)
    }
    await write(1)

    await t.test(
      'altered: what was prepared is prepared again, with the same values',
      async (t) => {
        await run(`ALTER TABLE ${keyspace}.traces ADD later text`)
        await run(`ALTER TYPE ${keyspace}.keyvalue ADD later text`)
        await write(2)
        t.same(await findTraces(store, {}), [2, 1])
      },
    )

    await t.test(
      'dropped: clients are told to send again, and the log what to look at',
      async (t) => {
        for (const table of ['traces', 'service_names'])
          await run(`DROP TABLE ${keyspace}.${table}`)
        await t.rejects(write(3), {
          code: 'store_unavailable',
          retryable: true,
          message: /^Cannot store spans: .* a table may be gone, "spangate schema verify" looks/,
        })
      },
    )

    await t.test('made again: spans are stored with their names', async (t) => {
      for (const { statements } of jaegerMigrations()) {
        for (const statement of statements) await run(qualified(statement, keyspace))
      }
      await write(4)
      t.same(await store.services(''), ['shop'])
      t.same(await findTraces(store, {}), [4])
    })
  },
)
