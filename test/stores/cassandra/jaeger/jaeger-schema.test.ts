import t from 'tap'
import { parseCassandraAddress } from '../../../../src/stores/cassandra/cassandra-address.ts'
import {
  describeJaeger,
  layoutOf,
  migrateJaeger,
  planJaeger,
  readJaegerState,
  remedyOfJaeger,
  verifyJaeger,
} from '../../../../src/stores/cassandra/schema/jaeger-schema.ts'
import { findTraces, patience } from '../../../conformance/answer.ts'
import { sampleBatch, sampleGroup, sampleSpan } from '../../../conformance/sample.ts'
import { needsCassandra } from '../../../servers/cassandra-node.ts'
import { openTestStore, testCluster } from '../test-cluster.ts'
import { makeJaegerKeyspace } from './jaeger-keyspace.ts'
import { writeOddRows } from './odd-rows.ts'

t.setTimeout(600_000)
const needs = needsCassandra()

for (const version of ['v003', 'v004'] as const) {
  t.test(
    `migrateJaeger() records a keyspace of ${version} and changes nothing else`,
    needs,
    async (t) => {
      const cluster = await testCluster(t)
      const { session, keyspace } = cluster
      await makeJaegerKeyspace(cluster, version)
      await writeOddRows(cluster, 1_700_000_000_000_000)
      const address = parseCassandraAddress(cluster.address)
      t.equal(await layoutOf(session, address), 'jaeger', 'nobody has said so')
      const found = await readJaegerState(session, keyspace)
      t.match(
        describeJaeger(found, keyspace),
        `Jaeger's tables, ${version}, spans live 48 h; it is not recorded`,
      )
      t.equal(remedyOfJaeger(found) === '', version === 'v004')
      t.match(
        planJaeger(found, address).join('\n'),
        /CREATE TABLE IF NOT EXISTS schema_migration[\s\S]*'jaeger', /,
      )
      t.same(await migrateJaeger(session, { address }), [`baseline ${version} recorded`])
      const state = await readJaegerState(session, keyspace)
      t.match(state, { kind: 'ready', isRecorded: true, facts: { version } })
      t.same(planJaeger(state, address), [])
      t.same(await migrateJaeger(session, { address }), [])
      t.same(await verifyJaeger(session, keyspace), [])
      t.equal(await layoutOf(session, address), 'jaeger', 'also with a ledger')
      const store = await openTestStore(cluster.address)
      t.teardown(() => store.close())
      t.same(await findTraces(store, {}), [1], 'the rows are still there')
    },
  )
}

t.test(
  'migrateJaeger() makes a keyspace, and goes on where another one was ended',
  needs,
  async (t) => {
    const { session, keyspace, ...cluster } = await testCluster(t)
    const address = parseCassandraAddress(`${cluster.address}?layout=jaeger`)
    t.equal(await layoutOf(session, address), 'jaeger')
    t.equal(
      await layoutOf(session, { ...address, layout: undefined }),
      'native',
      'a new one is ours',
    )
    t.match(planJaeger(await readJaegerState(session, keyspace), address)[0], /^CREATE KEYSPACE/)
    let statements = 0
    const killed = migrateJaeger(session, {
      address,
      onStatement: () => {
        statements += 1
        if (statements === 9) throw new Error('killed')
      },
    })
    await t.rejects(killed, { message: 'killed' })
    const half = await readJaegerState(session, keyspace)
    t.match(describeJaeger(half, keyspace), /is half-made: its tables were begun by/)
    await t.rejects(openTestStore(`${cluster.address}?layout=jaeger`), { code: 'store_unusable' })
    t.same(await migrateJaeger(session, { address }), ['0001-jaeger-v004.cql run'])
    const state = await readJaegerState(session, keyspace)
    t.match(state, { kind: 'ready', isRecorded: true, facts: { version: 'v004' } })
    t.same(await verifyJaeger(session, keyspace), [])
    await session.raw('', `ALTER TABLE ${keyspace}.duration_index DROP trace_id`).catch(() => {})
    await session.raw('', `DROP TABLE ${keyspace}.leases`)
    t.same(await verifyJaeger(session, keyspace), [], 'what is not used may be missing')
  },
)

t.test('migrateJaeger() refuses a keyspace of somebody else', needs, async (t) => {
  const cluster = await testCluster(t)
  const { session, keyspace } = cluster
  await session.raw(
    '',
    `CREATE KEYSPACE ${keyspace} WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}`,
  )
  await session.raw('', `CREATE TABLE ${keyspace}.traces (id int PRIMARY KEY)`)
  const address = parseCassandraAddress(`${cluster.address}?layout=jaeger`)
  const refused = {
    code: 'store_unusable',
    message: /it has traces, and not all of Jaeger's tables/,
  }
  await t.rejects(migrateJaeger(session, { address }), refused)
  await t.rejects(openTestStore(`${cluster.address}?layout=jaeger&migrate=auto`), refused)
})

t.test('a type may have fields more, and none in another place', needs, async (t) => {
  const cluster = await testCluster(t)
  const { session, keyspace } = cluster
  await makeJaegerKeyspace(cluster, 'v004')
  const run = (statement: string) => session.raw('Cannot prepare', statement)
  await run(`ALTER TYPE ${keyspace}.keyvalue ADD later text`)
  t.same(await verifyJaeger(session, keyspace), [])
  const store = await openTestStore(cluster.address)
  await store.write(
    '',
    sampleBatch([sampleGroup([sampleSpan({ trace: 3, id: 1 })])], Date.now()),
    patience,
  )
  t.same(await findTraces(store, {}), [3], 'shorter values are fine')
  await store.close()
  await run(`ALTER TYPE ${keyspace}.span_ref RENAME trace_id TO trace`)
  const problem = 'the fields of type span_ref are not those of Jaeger in their order'
  t.same(await verifyJaeger(session, keyspace), [problem])
  await t.rejects(openTestStore(cluster.address), {
    code: 'store_unusable',
    message: `Cannot use store: in keyspace "${keyspace}" ${problem}; make them as Jaeger does, or use another keyspace`,
  })
})

t.test(
  'tables that are not as Jaeger makes them are found before anything is written',
  needs,
  async (t) => {
    const cluster = await testCluster(t)
    const { session, keyspace } = cluster
    await makeJaegerKeyspace(cluster, 'v003')
    const run = (statement: string) => session.raw('Cannot prepare', statement)
    await run(`ALTER TABLE ${keyspace}.traces DROP refs`)
    await run(`DROP TABLE ${keyspace}.service_name_index`)
    // A node would take the bytes that are written for another type.
    await run(
      `CREATE TABLE ${keyspace}.service_name_index (service_name text, bucket int, start_time bigint, trace_id text, PRIMARY KEY ((service_name, bucket), start_time))`,
    )
    const problems = [
      'table traces lacks refs',
      'trace_id of table service_name_index is text, must be blob',
    ]
    t.same(await verifyJaeger(session, keyspace), problems)
    await t.rejects(openTestStore(cluster.address), {
      code: 'store_unusable',
      message: new RegExp(`in keyspace "${keyspace}" ${problems.join('; ')}; make them as`),
    })
    await run(`DROP TABLE ${keyspace}.tag_index`)
    await t.rejects(openTestStore(cluster.address), {
      code: 'store_unusable',
      message: /belongs to another program: .*; of Jaeger's tables it lacks tag_index;/,
    })
  },
)
