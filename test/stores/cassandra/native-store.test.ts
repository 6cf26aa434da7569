import t from 'tap'
import type { SpanBatch } from '../../../bridge/model/span-batch.ts'
import type { SpanStore } from '../../../src/ports/span-store.ts'
import type { Metrics } from '../../../src/telemetry/metrics.ts'
import { findTraces, patience, readTrace, spanKeys } from '../../conformance/answer.ts'
import { attr, call, ofService, string } from '../../conformance/filter.ts'
import { sampleBatch, sampleGroup, sampleSpan, traceIdOf } from '../../conformance/sample.ts'
import { paddingOf } from '../../padding.ts'
import { needsCassandra } from '../../servers/cassandra-node.ts'
import { batchOf, spanIdsOf } from '../sqlite/store-samples.ts'
import type { TestCluster } from './test-cluster.ts'
import { openTestStore, retentionMs, testCluster } from './test-cluster.ts'

t.setTimeout(300_000)
const needs = needsCassandra()

t.test('NativeStore', needs, async (t) => {
  const cluster = await testCluster(t)
  const address = `${cluster.address}?migrate=auto`
  const open = async (options: Parameters<typeof openTestStore>[1] = {}): Promise<SpanStore> => {
    const store = await openTestStore(address, options)
    t.teardown(() => store.close())
    return store
  }

  await t.test('write() of one process is seen by all others at once', async (t) => {
    const stores = await Promise.all([open(), open(), open()])
    for (let round = 0; round < 5; round++) {
      await Promise.all(
        stores.map((store, at) =>
          store.write('several', batchOf({ trace: 1, firstId: 1 + at + 3 * round }), patience),
        ),
      )
      for (const store of stores) {
        const ids = (await spanIdsOf(store, 1, 'several')).sort((left, right) => left - right)
        t.same(
          ids,
          Array.from(Array(3 * (round + 1)).keys(), (id) => id + 1),
        )
        t.same(await findTraces(store, { filter: ofService('shop') }, 'several'), [1])
      }
    }
    // What one leaves behind is in no tail any more, and the others go on.
    await stores[0]?.close()
    await stores[1]?.write('several', batchOf({ trace: 2 }), patience)
    t.same((await findTraces(stores[2] as SpanStore, {}, 'several')).sort(), [1, 2])
  })

  await t.test('write() of a request of 50 services is found by each of them', async (t) => {
    const store = await open()
    const groups = Array.from(Array(50).keys(), (at) =>
      sampleGroup([sampleSpan({ trace: 100 + at, id: 1, name: `work ${at}` })], {
        service: `service ${at}`,
      }),
    )
    await store.write('fifty', sampleBatch(groups, Date.now()), patience)
    for (let at = 0; at < 50; at++) {
      const service = `service ${at}`
      t.same(await findTraces(store, { filter: ofService(service) }, 'fifty'), [100 + at])
      t.same(await store.operations('fifty', service), [{ name: `work ${at}`, spanKind: 1 }])
    }
    t.equal((await store.services('fifty')).length, 50)
  })

  await t.test('small commits become a block, and readers look at few rows', async (t) => {
    const store = await open()
    const filter = call('eq', attr('span', 'n'), string('7'))
    for (let at = 0; at < 140; at++) {
      const startMicros = Date.now() * 1000
      const attributes = { n: String(at % 70) }
      const span = sampleSpan({ trace: 1 + at, id: 1, startMicros, attributes })
      await store.write('small', sampleBatch([sampleGroup([span])], Date.now()), patience)
    }
    t.same((await findTraces(store, { filter }, 'small')).sort(), [78, 8].sort())
    const tail = await slotOf(cluster, 'small')
    t.ok(140 - tail.tailDone <= 64 + 3, `of ${tail.tailDone} rows nobody reads any more`)
    t.equal(await blocksOf(cluster, 'small', tail.slot), 0)

    await store.write('small', batchOf({ trace: 500, count: 4000 }), patience)
    t.equal(await blocksOf(cluster, 'small', tail.slot), 1)
    t.same((await findTraces(store, { filter }, 'small')).sort(), [78, 8].sort())
    t.same(await readTrace(store, traceIdOf(78), 'small').then(({ length }) => length), 1)
  })

  await t.test('a trace that never ends goes on in further splits', async (t) => {
    const store = await open()
    const mebibyte = 1024 * 1024
    const sent: SpanBatch[] = []
    for (let id = 1; id <= 20; id++) {
      const attributes = { text: paddingOf(id, mebibyte), id: String(id) }
      const span = sampleSpan({ trace: 9, id, attributes, startMicros: Date.now() * 1000 })
      const batch = sampleBatch([sampleGroup([span])], Date.now())
      sent.push(batch)
      await store.write('endless', batch, patience)
    }
    t.same(await readTrace(store, traceIdOf(9), 'endless'), sent.flatMap(spanKeys).sort())
    const rows = await cluster.session.raw(
      '',
      `SELECT splits FROM ${cluster.keyspace}.trace_part WHERE tenant = 'endless' AND trace_id = ? AND split = 0 LIMIT 1`,
      [Buffer.from(traceIdOf(9))],
    )
    t.same(rows[0]?.['splits'], [1])
    // What names a split may have failed, or expire: it comes with all that goes into it.
    await cluster.session.raw(
      '',
      `DELETE splits FROM ${cluster.keyspace}.trace_part WHERE tenant = 'endless' AND trace_id = ? AND split = 0`,
      [Buffer.from(traceIdOf(9))],
    )
    await store.write('endless', sent.at(-1) as SpanBatch, patience)
    t.same(await readTrace(store, traceIdOf(9), 'endless'), sent.flatMap(spanKeys).sort())
    // Searches find bodies there too.
    const filter = call('eq', attr('span', 'id'), string('20'))
    t.same(await findTraces(store, { filter }, 'endless'), [9])
  })

  await t.test('a search for a service that a closed slot has not reads no blocks', async (t) => {
    const writer = await open()
    await writer.write('quiet', batchOf({ trace: 1, count: 4000 }), patience)
    const span = sampleSpan({ trace: 2, id: 1, startMicros: Date.now() * 1000 })
    const quiet = sampleBatch([sampleGroup([span], { service: 'quiet' })], Date.now())
    await writer.write('quiet', quiet, patience)
    const { slot } = await slotOf(cluster, 'quiet')
    // What is open has no names yet.
    t.same(await findTraces(writer, { filter: ofService('quiet') }, 'quiet'), [2])
    await writer.close()

    const asked = new Set<string>()
    const record = (_: string, __: number, labels: Readonly<Record<string, string>>): void => {
      asked.add(labels['statement'] ?? '')
    }
    const reader = await open({ metrics: { add: () => {}, record } })
    t.same(await findTraces(reader, { filter: ofService('none') }, 'quiet'), [])
    t.ok(asked.has('select_slot_names'))
    t.notOk(asked.has('select_summaries'))
    t.same(await findTraces(reader, { filter: ofService('quiet') }, 'quiet'), [2])
    t.same(await findTraces(reader, { filter: ofService('shop') }, 'quiet'), [1])
    t.ok(asked.has('select_summaries'))

    // A slot may have no such row.
    await cluster.session.raw(
      '',
      `DELETE FROM ${cluster.keyspace}.slot_name WHERE tenant = 'quiet' AND slot = ?`,
      [slot],
    )
    t.same(await findTraces(await open(), { filter: ofService('quiet') }, 'quiet'), [2])
  })

  await t.test('rows expire somewhat after the retention', async (t) => {
    const store = await open()
    await store.write('old', batchOf({ trace: 4, count: 5000 }), patience)
    for (const [table, column] of [
      ['trace_part', 'spans'],
      ['block', 'bytes'],
      ['block_term', 'terms'],
      ['slot', 'tail_done'],
    ] as const) {
      const rows = await cluster.session.raw(
        '',
        `SELECT TTL(${column}) AS ttl FROM ${cluster.keyspace}.${table} WHERE tenant = 'old' ALLOW FILTERING`,
      )
      t.ok(rows.length > 0, table)
      for (const row of rows) {
        const left = row['ttl'] - retentionMs / 1000
        t.ok(left > 0 && left <= 30 * 3600, `${table} has ${left} s more`)
      }
    }
  })

  await t.test('rows of a tenant with a retention of its own expire after that', async (t) => {
    const hourMs = 3_600_000
    const tenantRetentionMs = new Map([
      ['brief', hourMs],
      ['long', 30 * 24 * hourMs],
    ])
    const store = await open({ tenantRetentionMs })
    for (const tenant of ['brief', 'long', 'usual']) {
      await store.write(tenant, batchOf({ trace: 8, count: 5000 }), patience)
      await store.write(tenant, batchOf({ trace: 9, count: 1, service: tenant }), patience)
    }
    // What is stored for spans that arrived two hours ago.
    const arrivalUnixMs = Date.now() - 2 * hourMs
    const span = sampleSpan({ trace: 10, id: 1, startMicros: arrivalUnixMs * 1000 })
    for (const tenant of ['brief', 'usual']) {
      await store.write(tenant, sampleBatch([sampleGroup([span])], arrivalUnixMs), patience)
    }
    t.same(await readTrace(store, traceIdOf(10), 'brief'), [], 'they are expired for one')
    t.equal((await readTrace(store, traceIdOf(10), 'usual')).length, 1)
    t.notOk((await findTraces(store, {}, 'brief')).includes(10))
    t.ok((await findTraces(store, {}, 'usual')).includes(10))
    // Slots are closed, with their names.
    await store.close()
    const ttlsOf = async (table: string, column: string, tenant: string): Promise<number[]> => {
      const rows = await cluster.session.raw(
        '',
        `SELECT TTL(${column}) AS ttl FROM ${cluster.keyspace}.${table} WHERE tenant = '${tenant}' ALLOW FILTERING`,
      )
      return rows.map((row): number => row['ttl'])
    }
    for (const [table, column] of [
      ['trace_part', 'spans'],
      ['block', 'bytes'],
      ['block_term', 'terms'],
      ['tail', 'block'],
      ['slot', 'tail_done'],
      ['slot_name', 'names'],
    ] as const) {
      for (const [tenant, keptMs] of tenantRetentionMs) {
        const ttls = await ttlsOf(table, column, tenant)
        t.ok(ttls.length > 0, table)
        // A slot is there for a day of arrivals.
        const most = keptMs / 1000 + 27 * 3600
        // Those that were expired when they came have the spare hour.
        const least = table === 'trace_part' || table === 'tail' ? 0 : keptMs / 1000 - 3 * 3600
        t.ok(
          ttls.every((ttl) => ttl > least && ttl <= most),
          `${table} of ${tenant}: ${ttls}`,
        )
        t.ok(
          ttls.some((ttl) => ttl > keptMs / 1000),
          `${table} of ${tenant}`,
        )
      }
    }
    // A name has no column besides its key that could tell; it is found as long as its spans.
    for (const tenant of ['brief', 'long', 'usual']) {
      t.same(await (await open({ tenantRetentionMs })).services(tenant), [tenant, 'shop'].sort())
    }
  })

  await t.test('write() refuses what would be too large, alone', async (t) => {
    const store = await open({ requestBytesMax: 16 * 1024 * 1024 })
    // A request of 250 KB, with 200 KB in the rows of each trace.
    const spans = Array.from(Array(100).keys(), (at) => sampleSpan({ trace: 1 + at, id: 1 }))
    const group = sampleGroup(spans, { resource: { large: 'x'.repeat(200 * 1024) } })
    const [small, large] = await Promise.allSettled([
      store.write('sized', batchOf({ trace: 200 }), patience),
      store.write('sized', sampleBatch([group], Date.now()), patience),
    ])
    t.equal(small.status, 'fulfilled')
    t.match(large.status === 'rejected' && large.reason, {
      code: 'too_large',
      retryable: false,
      message: /would have \d+ bytes, at most 16777216 \(store\.cassandra\.max-request-size\)/,
    })
    t.same(await findTraces(store, {}, 'sized'), [200], 'nothing of it is stored')
  })

  await t.test('a block without its bodies is reported, and the search goes on', async (t) => {
    const damaged: string[] = []
    const onEvent = (event: { readonly kind: string }): void => {
      damaged.push(event.kind)
    }
    const store = await open({ onEvent })
    const spanOf = (trace: number) => sampleSpan({ trace, id: 1, attributes: { color: 'red' } })
    for (const trace of [5, 6]) {
      const batch = sampleBatch([sampleGroup([spanOf(trace)])], Date.now())
      await store.write('damaged', batch, patience)
    }
    await cluster.session.raw(
      '',
      `DELETE FROM ${cluster.keyspace}.trace_part WHERE tenant = 'damaged' AND trace_id = ? AND split = 0`,
      [Buffer.from(traceIdOf(5))],
    )
    const filter = call('eq', attr('span', 'color'), string('red'))
    t.same(await findTraces(store, { filter }, 'damaged'), [6])
    t.same(damaged, ['damaged'])
  })

  await t.test('each statement is counted by its name', async (t) => {
    const counted = new Set<string>()
    const metrics: Pick<Metrics, 'add' | 'record'> = {
      add: () => {},
      record: (_, __, labels) => counted.add(Object.values(labels).join(' ')),
    }
    const store = await open({ metrics })
    await store.write('counted', batchOf({ trace: 7 }), patience)
    await readTrace(store, traceIdOf(7), 'counted')
    // What the writing thread has counted comes now and then, and when it ends.
    await store.close()
    for (const name of ['insert_trace_part', 'insert_tail', 'select_trace_parts']) {
      t.ok(counted.has(`${name} done`), name)
    }
  })
})

interface SlotState {
  readonly slot: Buffer
  readonly tailDone: number
}

/** The only slot of a tenant. */
async function slotOf({ session, keyspace }: TestCluster, tenant: string): Promise<SlotState> {
  const rows = await session.raw(
    '',
    `SELECT slot, tail_done FROM ${keyspace}.slot WHERE tenant = ? ALLOW FILTERING`,
    [tenant],
  )
  if (rows.length !== 1) throw new Error(`There are ${rows.length} slots`)
  return { slot: rows[0]?.['slot'], tailDone: rows[0]?.['tail_done'] }
}

async function blocksOf(
  { session, keyspace }: TestCluster,
  tenant: string,
  slot: Buffer,
): Promise<number> {
  const rows = await session.raw(
    '',
    `SELECT block FROM ${keyspace}.block_term WHERE tenant = ? AND slot = ? AND slice = -1`,
    [tenant, slot],
  )
  return rows.length
}
