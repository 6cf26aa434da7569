import t from 'tap'
import { spanCount } from '../../../bridge/model/span-batch.ts'
import type { SpanStore } from '../../../src/ports/span-store.ts'
import { parseCassandraAddress } from '../../../src/stores/cassandra/cassandra-address.ts'
import {
  cutOver,
  describeArchive,
  describeCutover,
  readCutover,
  readUntilMs,
} from '../../../src/stores/cassandra/schema/cutover.ts'
import {
  layoutOf,
  migrateJaeger,
  readJaegerState,
} from '../../../src/stores/cassandra/schema/jaeger-schema.ts'
import { migrate } from '../../../src/stores/cassandra/schema/migrate.ts'
import { nativeMigrations } from '../../../src/stores/cassandra/schema/migration-files.ts'
import { findTraces, patience, readFind, readSummaries } from '../../conformance/answer.ts'
import { ofService } from '../../conformance/filter.ts'
import { sampleBatch, sampleGroup, sampleSpan, traceIdOf } from '../../conformance/sample.ts'
import { needsCassandra } from '../../servers/cassandra-node.ts'
import { makeJaegerKeyspace } from './jaeger/jaeger-keyspace.ts'
import { writeOddRows } from './jaeger/odd-rows.ts'
import { openTestStore, testCluster } from './test-cluster.ts'

t.setTimeout(600_000)
const needs = needsCassandra()

t.test('cutOver() sends new spans to native tables, and back; both are read', needs, async (t) => {
  const cluster = await testCluster(t)
  const { session, keyspace } = cluster
  await makeJaegerKeyspace(cluster, 'v004')
  const address = parseCassandraAddress(cluster.address)
  const startMicros = (Date.now() - 60_000) * 1000
  const write = (store: SpanStore, trace: number, id: number, service = 'shop') => {
    const span = sampleSpan({ trace, id, name: `op ${id}`, startMicros: startMicros + id })
    return store.write('', sampleBatch([sampleGroup([span], { service })], Date.now()), patience)
  }
  const rowsIn = async (table: string): Promise<number> => {
    const [row] = await session.raw('', `SELECT count(*) AS rows FROM ${keyspace}.${table}`)
    return Number(row?.['rows'])
  }
  const using = async (work: (store: SpanStore) => Promise<void>): Promise<void> => {
    const store = await openTestStore(cluster.address)
    try {
      await work(store)
    } finally {
      await store.close()
    }
  }

  const nodes = [{ address: `127.0.0.1:${cluster.port}`, isUp: true }]
  const tables = { kind: 'cassandra', keyspace, nodes, consistency: 'LOCAL_QUORUM' }

  await t.rejects(cutOver(session, { address, isBack: true }), {
    code: 'store_unusable',
    message: /go to Jaeger's tables already/,
  })
  await using(async (store) => {
    for (const [trace, id] of [
      [1, 1],
      [2, 5],
      [3, 9],
    ] as const) {
      await write(store, trace, id)
    }
    t.match(await store.facts?.(), {
      retentionMs: 172_800_000,
      details: { ...tables, layout: 'jaeger', schemaVersion: 'v004', cutover: undefined },
    })
  })
  t.equal(await rowsIn('traces'), 3)

  const cutover = await cutOver(session, { address, isBack: false })
  t.match(cutover, { to: 'native', other: { tables: 'native', keyspace }, count: 1 })
  t.same(await cutOver(session, { address, isBack: false }), cutover, 'twice is once')
  await using(async (store) => {
    // One trace more, and one that straddles.
    await write(store, 4, 7)
    await write(store, 1, 20, 'late')
    t.equal(await rowsIn('traces'), 3, 'nothing new goes to the old tables')
    t.equal(await rowsIn('trace_part'), 2)
    t.same(await findTraces(store, {}), [1, 3, 4, 2])
    t.same(await findTraces(store, { limit: 2 }), [1, 3])
    t.same(await findTraces(store, { filter: ofService('shop') }), [3, 4, 2, 1])
    t.same(await findTraces(store, { filter: ofService('late') }), [1])
    const { traces } = await readFind(store, { limit: 1 })
    t.equal(traces[0]?.keys.length, 2, 'the spans of both')
    const summaries = await readSummaries(store, { limit: 4 })
    t.same(
      summaries.map(({ spanCount }) => spanCount),
      [2, 1, 1, 1],
    )
    t.same(await store.services(''), ['late', 'shop'])
    t.equal((await store.operations('', 'shop')).length, 4)
    // The new tables have tenants, the old ones do not.
    const span = sampleSpan({ trace: 9, id: 1, startMicros })
    const batch = sampleBatch([sampleGroup([span])], Date.now())
    await store.write('blue', batch, patience)
    t.same(await findTraces(store, {}, 'blue'), [9])
    await store.archive?.write('', batch, patience)
    t.match(await store.facts?.(), {
      retentionMs: undefined,
      details: {
        ...tables,
        layout: 'native',
        schemaVersion: String(nativeMigrations().length),
        cutover: {
          newTables: 'native',
          oldKeyspace: keyspace,
          sinceUnixMs: cutover.sinceMs,
          readUntilUnixMs: cutover.sinceMs + 172_800_000 + 3_600_000,
        },
      },
    })
  })

  await cutOver(session, { address, isBack: true })
  await using(async (store) => {
    t.match(await store.facts?.(), {
      details: { layout: 'jaeger', cutover: { newTables: 'jaeger', oldKeyspace: keyspace } },
    })
    await write(store, 5, 30)
    t.equal(await rowsIn('traces'), 4)
    t.same(await findTraces(store, {}), [5, 1, 3, 4, 2])
    let archived = 0
    for await (const part of store.archive?.trace('', traceIdOf(9), patience) ?? []) {
      archived += spanCount(part)
    }
    t.equal(archived, 1, 'what was archived in native tables')
  })
  t.match(await readCutover(session, keyspace), { to: 'jaeger', count: 2 })
})

t.test('a cutover that was broken off leaves new spans where they were', needs, async (t) => {
  const cluster = await testCluster(t)
  const { session, keyspace } = cluster
  await makeJaegerKeyspace(cluster, 'v004')
  const address = parseCassandraAddress(cluster.address)
  // As it does before the decision is noted.
  await migrateJaeger(session, { address })
  await migrate(session, { address, isBeside: true })
  t.equal(await layoutOf(session, address), 'jaeger')
  const store = await openTestStore(`${cluster.address}?migrate=auto`)
  const span = sampleSpan({ trace: 1, id: 1, startMicros: (Date.now() - 1000) * 1000 })
  await store.write('', sampleBatch([sampleGroup([span])], Date.now()), patience)
  await store.close()
  const [row] = await session.raw('', `SELECT count(*) AS rows FROM ${keyspace}.traces`)
  t.equal(Number(row?.['rows']), 1)
  const decide = () => cutOver(session, { address, isBack: false })
  const [one, other] = await Promise.all([decide(), decide()])
  t.same(one, other, 'two at once decide once')
  t.equal(one.count, 1)
  t.equal(
    await layoutOf(session, address),
    'native',
    'it is decided: these are the ones to migrate',
  )
})

t.test('cutOver() of v003 sends new spans to tables of v004', needs, async (t) => {
  const cluster = await testCluster(t)
  const { session, keyspace } = cluster
  await makeJaegerKeyspace(cluster, 'v003')
  await writeOddRows(cluster, (Date.now() - 60_000) * 1000)
  const address = parseCassandraAddress(cluster.address)
  await t.rejects(cutOver(session, { address, tables: 'v004', isBack: false }), {
    code: 'store_unusable',
    message: /need a keyspace of their own/,
  })
  const there = `${keyspace}_new`
  const cutover = { address, tables: 'v004', otherKeyspace: there } as const
  t.match(await cutOver(session, { ...cutover, isBack: false }), { to: 'v004' })
  const store = await openTestStore(cluster.address)
  const span = sampleSpan({ trace: 2, id: 1, startMicros: (Date.now() - 1000) * 1000 })
  await store.write('', sampleBatch([sampleGroup([span])], Date.now()), patience)
  t.same(await findTraces(store, {}), [2, 1], 'a new trace, and one that Jaeger wrote')
  await store.close()
  const [row] = await session.raw('', `SELECT count(*) AS rows FROM ${there}.traces`)
  t.equal(Number(row?.['rows']), 1)
  t.match(await readJaegerState(session, there), { facts: { version: 'v004' } })
  t.match(await cutOver(session, { ...cutover, isBack: true }), {
    to: 'jaeger',
    other: { tables: 'v004', keyspace: there },
  })
  await t.rejects(cutOver(session, { address, tables: 'native', isBack: false }), {
    message: /it goes with Jaeger's tables of v004 in keyspace/,
  })
  await session.raw('Cannot clean up', `DROP KEYSPACE ${there}`)
})

t.test('describeCutover() says how long the old tables are read', async (t) => {
  const hourMs = 3_600_000
  const sinceMs = Date.parse('2026-01-01T00:00:00Z')
  const other = { tables: 'native', keyspace: 'spans' } as const
  const cutover = { to: 'native', other, sinceMs, count: 1 } as const
  t.equal(readUntilMs(cutover, 48 * 3600), sinceMs + 49 * hourMs)
  t.equal(readUntilMs(cutover, 0), undefined)
  t.equal(
    describeCutover(cutover, 48 * 3600, sinceMs + hourMs),
    'new spans go to native tables in keyspace "spans" since 2026-01-01T00:00:00.000Z; ' +
      "Jaeger's tables are read for 48 h more, until 2026-01-03T01:00:00.000Z",
  )
  t.match(describeCutover(cutover, 0, sinceMs), /are read for ever/)
  const laterMs = sinceMs + 2 * hourMs
  t.match(describeCutover(cutover, 3600, laterMs), /have expired and are not read/)
  t.match(describeCutover({ ...cutover, to: 'jaeger' }, 3600, laterMs), /archived there is read/)
})

t.test('describeArchive() says where traces are archived, and what else is read', async (t) => {
  const cutover = { to: 'native', sinceMs: 0, count: 1 } as const
  const native = { ...cutover, other: { tables: 'native', keyspace: 'spans' } } as const
  const back = { ...native, to: 'jaeger' } as const
  const v004 = { ...cutover, to: 'v004', other: { tables: 'v004', keyspace: 'later' } } as const
  const table = 'native tables in keyspace "spans"'
  const says = (decided: Parameters<typeof describeArchive>[0], line: string, archive?: string) =>
    t.equal(describeArchive(decided, archive), `traces are ${line}`)
  says(native, `archived in ${table}; what was archived in keyspace "a" is read for good`, 'a')
  const unnamed = 'as the address names no archive='
  says(native, `archived in ${table}; what Jaeger has archived is not read, ${unnamed}`)
  says(back, `archived in keyspace "a"; what was archived in ${table} is read for good`, 'a')
  says(back, `archived in ${table}`)
  says(v004, 'archived in keyspace "a"', 'a')
  says(v004, `not archived, ${unnamed}`)
})
