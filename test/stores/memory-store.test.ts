import t from 'tap'
import type { SpanBatch } from '../../bridge/model/span-batch.ts'
import { searchBoundDefaults } from '../../src/search/search-meter.ts'
import type { MemoryStoreOptions, Removal } from '../../src/stores/memory/memory-store.ts'
import { MemoryStore } from '../../src/stores/memory/memory-store.ts'
import { findTraces, patience, readFind, readSummaries, readTrace } from '../conformance/answer.ts'
import { attr, call, string } from '../conformance/filter.ts'
import { sampleBatch, sampleGroup, sampleSpan, traceIdOf } from '../conformance/sample.ts'
import { spanStoreConformance } from '../conformance/span-store.ts'
import { heldLoop } from '../loop-cost.ts'

const hourMs = 3_600_000
const retentionMs = 72 * hourMs
t.setTimeout(240_000)

t.test('MemoryStore fills the port', (t) =>
  spanStoreConformance(t, async () => createStore({ bytesMax: 512 * 1024 ** 2 }), {
    random: { spans: 20_000 },
  }),
)

t.test(
  'write() past the bound removes the oldest writes, of every tenant, and counts them',
  async (t) => {
    const removed: [Removal, number][] = []
    const store = createStore({
      bytesMax: 100_000,
      onRemoved: (reason, spans) => removed.push([reason, spans]),
    })
    for (let trace = 1; trace <= 10; trace += 1) {
      await store.write(`tenant ${trace % 2}`, batchOf(trace, 20_000), patience)
      t.ok(store.sizeBytes <= 100_000)
    }
    t.same(await findTraces(store, {}, 'tenant 0'), [10, 8])
    t.same(await findTraces(store, {}, 'tenant 1'), [9, 7])
    t.same(await readTrace(store, traceIdOf(1), 'tenant 1'), [])
    t.same(removed, Array(6).fill(['eviction', 1]))
    await store.close()
    t.equal(store.sizeBytes, 0)
  },
)

t.test('write() refuses spans that alone are over the bound, and keeps the others', async (t) => {
  const store = createStore({ bytesMax: 50_000 })
  await store.write('', batchOf(1, 10_000), patience)
  await t.rejects(store.write('', batchOf(2, 60_000), patience), {
    code: 'too_large',
    retryable: false,
    message: /store\.memory\.max-bytes/,
  })
  t.same(await findTraces(store, {}), [1])
})

t.test('the size is what is kept, also after everything was removed', async (t) => {
  const clock = fakeClock()
  const store = createStore({ bytesMax: 1_000_000, clock })
  for (let trace = 1; trace <= 20; trace += 1) {
    await store.write('', batchOf(trace, 1000, clock.wallMs), patience)
  }
  t.ok(store.sizeBytes > 20_000)
  clock.pass(retentionMs + 1)
  t.same(await store.services(''), [])
  t.equal(store.sizeBytes, 0)
})

t.test('spans expire by their arrival, with their names', async (t) => {
  const clock = fakeClock()
  const removed: Removal[] = []
  const store = createStore({
    bytesMax: 1_000_000,
    clock,
    onRemoved: (reason) => removed.push(reason),
  })
  await store.write('', batchOf(1, 10, clock.wallMs, 'first'), patience)
  clock.pass(hourMs)
  await store.write('', batchOf(2, 10, clock.wallMs, 'second'), patience)
  // The same bytes again, later: they live as long as this write.
  await store.write('', batchOf(3, 10, clock.wallMs, 'second'), patience)
  clock.pass(retentionMs - hourMs)
  t.same((await findTraces(store, {})).sort(), [1, 2, 3])
  await store.write('', batchOf(3, 10, clock.wallMs, 'second'), patience)
  clock.pass(1)
  t.same((await findTraces(store, {})).sort(), [2, 3])
  t.same(await store.services(''), ['second'])
  t.same(await store.operations('', 'first'), [])
  t.same(removed, ['retention'])
  clock.pass(hourMs)
  t.same(await findTraces(store, {}), [3])
  t.equal((await readSummaries(store, { limit: 5 }))[0]?.spanCount, 1)
})

t.test('nothing expires after the clock jumped, until the grace has passed', async (t) => {
  const clock = fakeClock()
  const said: string[] = []
  const store = createStore({
    bytesMax: 1_000_000,
    clock,
    clockGraceMs: 24 * hourMs,
    onExpiryPaused: () => said.push('paused'),
    onExpiryResumed: () => said.push('resumed'),
  })
  await store.write('', batchOf(1, 10, clock.wallMs), patience)
  clock.wallMs += 2 * retentionMs
  t.same(await findTraces(store, {}), [1])
  clock.pass(23 * hourMs)
  t.same(await findTraces(store, {}), [1])
  clock.pass(hourMs)
  t.same(await findTraces(store, {}), [])
  t.same(said, ['paused', 'resumed'])
})

t.test('spans are kept and expire after a clock that was believed came back', async (t) => {
  const clock = fakeClock()
  let removed = 0
  const store = createStore({
    bytesMax: 1_000_000,
    clock,
    clockGraceMs: hourMs,
    onRemoved: (_reason, spans) => {
      removed += spans
    },
  })
  await store.write('', batchOf(1, 10, clock.wallMs), patience)
  clock.wallMs += 10 * retentionMs
  await store.write('', batchOf(2, 10, clock.wallMs), patience)
  t.same((await findTraces(store, {})).sort(), [1, 2], 'it is not believed yet')
  clock.pass(hourMs)
  t.same(await findTraces(store, {}), [2])
  clock.wallMs -= 10 * retentionMs
  // In a block of its own, or it would stay for as long as what came ahead.
  await store.write('', batchOf(3, 10, clock.wallMs), patience)
  t.same((await findTraces(store, {})).sort(), [2, 3], 'what arrives now is there')
  clock.pass(retentionMs + 1)
  t.same(await findTraces(store, {}), [2])
  t.equal(removed, 2, 'though it is behind another in the order of removal')
  clock.pass(10 * retentionMs)
  t.same(await findTraces(store, {}), [])
  t.equal(removed, 3)
  t.equal(store.sizeBytes, 0)
})

t.test('find() and summaries() end at a bound and name it', async (t) => {
  const store = createStore({
    bytesMax: 10_000_000,
    searchBounds: { timeMaxMs: 60_000, spansMax: 300 },
  })
  const early = Array.from(Array(600).keys(), (at) => sampleSpan({ trace: at + 1, id: 1 }))
  await store.write('', sampleBatch([sampleGroup(early)], Date.now()), patience)
  await store.write('', batchOf(1000, 10), patience)
  const bound = { setting: 'search.max-spans', limit: 300 }
  const { traces, bound: found } = await readFind(store, { limit: 1000 })
  t.same(found, bound)
  // The newest span is looked at first, so for one trace no bound is hit.
  t.equal((await readFind(store, { limit: 1 })).bound, undefined)
  t.ok(traces.length >= 300 && traces.length < 600)
  t.ok(traces.some(({ traceId }) => Number.parseInt(traceId, 16) === 1000))
  for await (const item of store.summaries('', { limit: 1000 }, patience)) {
    if (item.kind === 'end') t.same(item.bound, bound)
  }
})

t.test('find() lets other work go on while it looks at many spans', async (t) => {
  const store = createStore({ bytesMax: 100_000_000 })
  const spans = Array.from(Array(10_000).keys(), (at) => sampleSpan({ trace: at + 1, id: 1 }))
  await store.write('', sampleBatch([sampleGroup(spans)], Date.now()), patience)
  // No column and no term says what does not hold, so that the bytes of every span are looked at.
  const filter = call('not', call('exists', attr('', 'absent')))
  let found: unknown[] = []
  const held = await heldLoop(async () => {
    found = await findTraces(store, { filter, limit: 10_000 })
  })
  t.equal(held, undefined)
  t.equal(found.length, 10_000)
})

t.test('a search sees its writes whole while others are written and removed', async (t) => {
  const store = createStore({ bytesMax: 300_000 })
  for (let trace = 1; trace <= 10; trace += 1)
    await store.write('', batchOf(trace, 20_000), patience)
  const seen: number[] = []
  for await (const found of store.find('', { limit: 100 }, patience)) {
    if (found.kind === 'end') continue
    seen.push(found.newestMatchMicros)
    await store.write('other', batchOf(99, 200_000), patience)
    for await (const part of found.parts()) t.ok(part.spans.length > 0)
  }
  t.equal(seen.length, 10)
})

t.test('a trace that lost spans to the bound says so, and only while it has others', async (t) => {
  const store = createStore({ bytesMax: 100_000 })
  await store.write('', batchOf(1, 20_000), patience)
  t.equal(await store.lostParts('', traceIdOf(1)), undefined)
  for (let trace = 2; trace <= 6; trace += 1)
    await store.write('', batchOf(trace, 20_000), patience)
  t.equal(await store.lostParts('', traceIdOf(1)), undefined, 'nothing is left of it')
  await store.write('', batchOf(1, 10_000), patience)
  t.same(await store.lostParts('', traceIdOf(1)), {
    setting: 'store.memory.max-bytes',
    limit: 100_000,
  })
  t.equal(await store.lostParts('', traceIdOf(6)), undefined)
  t.equal(await store.lostParts('other', traceIdOf(1)), undefined)
})

t.test('small writes are searched and sealed like large ones', async (t) => {
  const store = createStore({ bytesMax: 100_000_000 })
  for (let trace = 1; trace <= 9000; trace += 1) await store.write('', batchOf(trace, 10), patience)
  t.equal((await findTraces(store, { limit: 10_000 })).length, 9000)
  t.equal((await findTraces(store, { filter: call('exists', attr('', 'absent')) })).length, 0)
  const text = call('eq', attr('span', 'text'), string('x'.repeat(10)))
  t.same(await findTraces(store, { filter: text, limit: 3 }), [9000, 8999, 8998])
  t.equal((await readTrace(store, traceIdOf(4001))).length, 1)
})

function createStore(options: Partial<MemoryStoreOptions> & { bytesMax: number }): MemoryStore {
  return new MemoryStore({ retentionMs, searchBounds: searchBoundDefaults, ...options })
}

/** One span of about that many bytes that starts when it arrives. */
function batchOf(
  trace: number,
  sizeBytes: number,
  arrivalUnixMs = Date.now(),
  service = 'shop',
): SpanBatch {
  const span = sampleSpan({
    trace,
    id: 1,
    startMicros: fixedStartMicros + trace,
    attributes: { text: 'x'.repeat(sizeBytes) },
  })
  return sampleBatch([sampleGroup([span], { service })], arrivalUnixMs)
}

const fixedStartMicros = Date.now() * 1000

function fakeClock(): {
  wallMs: number
  nowUnixMs(): number
  monotonicMs(): number
  pass(ms: number): void
} {
  let monotonicMs = 0
  return {
    wallMs: 1_900_000_000_000,
    nowUnixMs() {
      return this.wallMs
    },
    monotonicMs: () => monotonicMs,
    pass(ms) {
      monotonicMs += ms
      this.wallMs += ms
    },
  }
}
