import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Test } from 'tap'
import t from 'tap'
import type { SpanStore } from '../../src/ports/span-store.ts'
import type { StoreFacts } from '../../src/ports/store-facts.ts'
import { searchBoundDefaults } from '../../src/search/search-meter.ts'
import { MemoryStore } from '../../src/stores/memory/memory-store.ts'
import { patience } from '../conformance/answer.ts'
import { sampleBatch, sampleGroup, sampleSpan, traceIdOf } from '../conformance/sample.ts'
import { testDirectory } from '../test-directory.ts'
import { openFor } from './sqlite/store-samples.ts'

// Those of a cluster are in cassandra/cutover.test.ts.

const hourMs = 3_600_000
const retentionMs = 72 * hourMs

/** Spans of a trace that arrive then. */
async function write(store: SpanStore, arrivalUnixMs: number, spans: number): Promise<void> {
  const startUnixNano = BigInt(arrivalUnixMs) * 1_000_000n
  const some = Array.from({ length: spans }, (_, at) =>
    sampleSpan({ trace: 1, id: at + 1, startUnixNano }),
  )
  await store.write('', sampleBatch([sampleGroup(some)], arrivalUnixMs), patience)
}

async function factsOf(store: SpanStore): Promise<StoreFacts> {
  return (await store.facts?.()) ?? {}
}

function memoryStore(t: Test): SpanStore {
  const store = new MemoryStore({
    bytesMax: 1024 ** 2,
    archiveBytesMax: 2048,
    retentionMs,
    searchBounds: searchBoundDefaults,
  })
  t.teardown(() => store.close())
  return store
}

t.test('MemoryStore tells what it holds, of all tenants', async (t) => {
  const store = memoryStore(t)
  t.strictSame(await factsOf(store), {
    details: {
      kind: 'memory',
      spanCount: 0,
      sizeBytes: 0,
      bytesMax: 1024 ** 2,
      archiveBytes: 0,
      archiveBytesMax: 2048,
    },
  })
  const nowMs = Date.now()
  await write(store, nowMs - 2 * hourMs, 3)
  await write(store, nowMs, 4)
  const batch = sampleBatch([sampleGroup([sampleSpan({ trace: 2, id: 1 })])], nowMs)
  await store.write('other', batch, patience)
  await store.archive?.write('', batch, patience)
  const { details, ...arrivals } = await factsOf(store)
  t.strictSame(arrivals, {
    oldestArrivalUnixMs: nowMs - 2 * hourMs,
    newestArrivalUnixMs: nowMs,
    nextExpiryUnixMs: nowMs + 70 * hourMs,
  })
  if (details?.kind !== 'memory') throw new Error('it is not of memory')
  t.equal(details.spanCount, 8)
  t.ok(details.sizeBytes > 1000 && details.sizeBytes < 1024 ** 2)
  t.ok(details.archiveBytes > 200)
})

t.test('a store in files tells what its files hold, also of another run', async (t) => {
  const path = testDirectory(t)
  const first = await openFor(t, { path, retentionMs, maxBytes: 10_000_000 })
  const empty = await factsOf(first)
  t.match(empty, { details: { kind: 'sqlite', spanCount: 0, fileCount: 0, sizeBytes: 0 } })
  t.equal(empty.oldestArrivalUnixMs, undefined)
  const nowMs = Date.now()
  const oldMs = nowMs - 30 * hourMs
  await write(first, oldMs, 3)
  await write(first, nowMs, 4)
  await first.close()
  await t.rejects(factsOf(first), { code: 'store_unavailable' })
  const store = await openFor(t, { path, retentionMs, maxBytes: 10_000_000 })
  const { details, ...arrivals } = await factsOf(store)
  t.strictSame(arrivals, {
    oldestArrivalUnixMs: oldMs,
    newestArrivalUnixMs: nowMs,
    nextExpiryUnixMs: (Math.floor(oldMs / hourMs) + 1) * hourMs + retentionMs,
  })
  if (details?.kind !== 'sqlite') throw new Error('it is not of sqlite')
  t.match(details, {
    spanCount: 7,
    fileCount: 2,
    hourCount: 2,
    bytesMax: 10_000_000,
    archiveBytes: 0,
    archiveBytesMax: 1024 ** 3,
    damagedFileCount: 0,
    waitingReads: 0,
    waitingReadsMax: 1024,
  })
  t.ok(details.sizeBytes > 2 * 4096 && details.freeBytes > 0)
  await write(store, nowMs, 5)
  writeFileSync(join(path, 'spans-20200101T00-000.db.damaged'), '')
  writeFileSync(join(path, 'spans-20200101T00-001.db.damaged-2'), '')
  writeFileSync(join(path, 'spans-20200101T00-001.db.damaged-2-wal'), '')
  await store.archive?.write(
    '',
    sampleBatch([sampleGroup([sampleSpan({ trace: 2, id: 1 })])], nowMs),
    patience,
  )
  const later = (await factsOf(store)).details
  t.match(later, { spanCount: 12, fileCount: 2, damagedFileCount: 2 })
  if (later?.kind === 'sqlite') t.ok(later.archiveBytes > 4096)
})

t.test('a store in files that are being read and written tells of them', async (t) => {
  const store = await openFor(t, { path: testDirectory(t), retentionMs })
  const nowMs = Date.now()
  for (let round = 1; round <= 20; round++) {
    const written = write(store, nowMs, 50)
    const [facts] = await Promise.all([factsOf(store), written])
    const { details } = facts
    const spans = details?.kind === 'sqlite' ? details.spanCount : -1
    t.ok(spans === 50 * (round - 1) || spans === 50 * round, `${spans} spans in round ${round}`)
    for await (const _ of store.trace('', { traceId: traceIdOf(1) }, patience));
  }
  t.match(await factsOf(store), { details: { spanCount: 1000 } })
})
