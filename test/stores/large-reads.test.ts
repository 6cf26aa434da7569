import type { Test } from 'tap'
import t from 'tap'
import type { SpanStore, SummariesEnd, TraceSummary } from '../../src/ports/span-store.ts'
import type { SearchBounds } from '../../src/search/search-meter.ts'
import { searchBoundDefaults } from '../../src/search/search-meter.ts'
import { MemoryStore } from '../../src/stores/memory/memory-store.ts'
import { findTraces, patience, readFind } from '../conformance/answer.ts'
import { attr, call, field, int, list, string } from '../conformance/filter.ts'
import { sampleBatch, sampleGroup, sampleSpan } from '../conformance/sample.ts'
import { heldLoop, loopCostOf } from '../loop-cost.ts'
import { testDirectory } from '../test-directory.ts'
import { openFor, retentionMs } from './sqlite/store-samples.ts'

// Reads that are large in themselves: lists of a thousand values, a trace of 100,000 spans.

t.setTimeout(120_000)

const traceSpans = 100_000
const startMicros = Date.now() * 1000

/** Spans of one trace; the second half of them names a parent that does not exist. */
async function writeLargeTrace(store: SpanStore): Promise<void> {
  const perWrite = 5000
  for (let first = 1; first <= traceSpans; first += perWrite) {
    const spans = Array.from(Array(perWrite).keys(), (at) => {
      const id = first + at
      const parent = id <= traceSpans / 2 ? id - 1 : traceSpans + id
      const named = id === 1 ? {} : { parent }
      return sampleSpan({ trace: 1, id, startMicros: startMicros + id, ...named })
    })
    await store.write('', sampleBatch([sampleGroup(spans)], Date.now()), patience)
  }
}

async function readAll(
  store: SpanStore,
  signal = patience,
): Promise<(TraceSummary | SummariesEnd)[]> {
  const all: (TraceSummary | SummariesEnd)[] = []
  for await (const item of store.summaries('', { limit: 1 }, signal)) all.push(item)
  return all
}

const kinds: Record<string, (t: Test, searchBounds: SearchBounds) => Promise<SpanStore>> = {
  memory: async (_t, searchBounds) =>
    new MemoryStore({ bytesMax: 512 * 1024 ** 2, retentionMs, searchBounds }),
  sqlite: (t, searchBounds) => openFor(t, { path: testDirectory(t), searchBounds }),
}

for (const [kind, open] of Object.entries(kinds)) {
  t.test(
    `${kind}: summaries() of a large trace end at their bound or when cancelled`,
    async (t) => {
      const searchBounds = { timeMaxMs: 60_000, spansMax: traceSpans }
      const store = await open(t, searchBounds)
      await writeLargeTrace(store)
      t.match(await readAll(store), [
        {
          kind: 'summary',
          spanCount: traceSpans,
          orphanSpanCount: traceSpans / 2,
          services: [{ name: 'shop', spanCount: traceSpans }],
        },
        { kind: 'end', bound: undefined },
      ])
      const oneMore = sampleBatch(
        [sampleGroup([sampleSpan({ trace: 1, id: 1e9, startMicros })])],
        0,
      )
      await store.write('', { ...oneMore, arrivalUnixMs: Date.now() }, patience)
      t.same(
        await readAll(store),
        [{ kind: 'end', bound: { setting: 'search.max-spans', limit: traceSpans } }],
        'half of a summary would be a wrong one',
      )
      const controller = new AbortController()
      const reading = readAll(store, controller.signal)
      setImmediate(() => setImmediate(() => controller.abort()))
      await t.rejects(reading, { code: 'cancelled' })
      await store.close()
    },
  )
}

t.test('memory: summaries() of a large trace let other work go on', async (t) => {
  const store = new MemoryStore({
    bytesMax: 512 * 1024 ** 2,
    retentionMs,
    searchBounds: searchBoundDefaults,
  })
  await writeLargeTrace(store)
  t.equal(await heldLoop(() => readAll(store)), undefined)
})

t.test('memory: lists of a thousand values hold nothing up', async (t) => {
  const store = new MemoryStore({
    bytesMax: 512 * 1024 ** 2,
    retentionMs,
    searchBounds: searchBoundDefaults,
  })
  const spans = Array.from(Array(20_000).keys(), (at) =>
    sampleSpan({
      trace: (at >> 3) + 1,
      id: at + 1,
      startMicros: startMicros + at,
      attributes: Object.fromEntries(
        Array.from(Array(10).keys(), (key) => [`key ${key}`, BigInt(at * 10 + key)]),
      ),
    }),
  )
  await store.write('', sampleBatch([sampleGroup(spans)], Date.now()), patience)
  const thousand = Array.from(Array(1000).keys())
  const absent = thousand.map((at) => int(BigInt(1e9 + at)))
  const some = [...absent.slice(1), int(12_345n)]
  const filters = {
    'no value': call('in', attr('', 'key 1'), list(...absent)),
    'one value': call('in', attr('', 'key 5'), list(...some)),
    'no service': call(
      'in',
      field('resource', 'service'),
      list(...thousand.map((at) => string(`${at}`))),
    ),
    'no trace': call(
      'in',
      field('span', 'traceID'),
      list(...thousand.map((at) => string(`${at + 10_000}`.padStart(32, '0')))),
    ),
    alternatives: call('or', ...absent.slice(0, 300).map((one) => call('eq', attr('', 'a'), one))),
  }
  for (const [name, filter] of Object.entries(filters)) {
    let found: number[] = []
    const { cpuMs } = await loopCostOf(async () => {
      found = await findTraces(store, { filter, limit: 20 })
    })
    // 12,345 is the value of span 1,234 (from 0), which is in trace 155.
    t.same(found, name === 'one value' ? [155] : [], name)
    // A pass for each value took seconds, all of them in one piece.
    t.ok(cpuMs < 700, `${name}: ${cpuMs} ms`)
  }
  t.equal((await readFind(store, { filter: filters['one value'], limit: 5 })).bound, undefined)
})
