import t from 'tap'
import { spanCount } from '../../bridge/model/span-batch.ts'
import { sealBlock } from '../../src/blocks/block-sections.ts'
import { HashSet } from '../../src/blocks/hash-set.ts'
import { OpenBlock } from '../../src/blocks/open-block.ts'
import { traceParts } from '../../src/blocks/read-trace.ts'
import { SealedBlock } from '../../src/blocks/sealed-block.ts'
import { summarizeTrace } from '../../src/blocks/summarize-trace.ts'
import { TraceSummarizer } from '../../src/search/summarize-trace.ts'
import { spanKeys } from '../conformance/answer.ts'
import { sampleBatch, sampleGroup, sampleSpan, traceIdOf } from '../conformance/sample.ts'
import { resultOf } from '../result-of.ts'
import { openBlockOf, randomBatches, retentionMs, sealedBlockOf, worldOf } from './sample-blocks.ts'

t.test('a sealed block answers like the open one it was', async (t) => {
  for (const seed of [1, 2, 3]) {
    const open = openBlockOf(randomBatches(worldOf(seed), 6, 80))
    const sealed = sealedBlockOf(open)
    t.same(sealed.summary, open.summary)
    t.same(sealed.columns, open.columns)
    t.same(sealed.ids, open.ids)
    t.same(new Uint8Array(sealed.traceIds), open.traceIds)
    t.same(sealed.runs, open.runs)
    t.same(sealed.groups, open.groups)
    t.same(sealed.whats, open.whats)
    const hashes = new Set([
      ...open.spanTerms.values,
      ...open.spanTerms.shapeKeys.flatMap((keys) => Array.from(keys)),
      ...open.groups.flatMap((_, group) => open.groupTerms(group)),
    ])
    for (const hash of hashes) {
      const expected = Array.from(open.spansWithAny(new HashSet([hash])))
      const found = Array.from(sealed.spansWithAny(new HashSet([hash])))
      if (found.join() !== expected.join()) t.same(found, expected, `hash ${hash}`)
      if (sealed.postings.spansWith(hash ^ 1).length > 0 && !hashes.has((hash ^ 1) >>> 0))
        t.fail('of none')
    }
    const some = [0, 3, 49, 50, 51, 479, 100]
    t.same(sealed.batchOf(some, 7), open.batchOf(some, 7))
  }
})

t.test('batchOf() gives every byte of the spans that were appended', async (t) => {
  const batches = randomBatches(worldOf(4), 3, 60)
  const open = openBlockOf(batches)
  const all = Array.from(Array(180).keys())
  const keys = batches.flatMap(spanKeys)
  t.same(spanKeys(open.batchOf(all, 1)), keys)
  t.same(spanKeys(sealedBlockOf(open, 7).batchOf(all, 1)), keys)
})

t.test('starts and durations of any length are kept to the microsecond', async (t) => {
  const nearNano = BigInt(Date.now()) * 1_000_000n
  const times: readonly (readonly [
    name: string,
    spans: readonly [start: bigint, long: bigint][],
  ])[] = [
    [
      'narrow',
      [
        [nearNano, 5n],
        [nearNano + 1_234_567n, 4_294_967_295_999n],
      ],
    ],
    [
      'wide starts',
      [
        [5_001n, 1_000n],
        [nearNano, 1n],
        [4_102_444_800_000_000_001n, 9n],
      ],
    ],
    [
      'wide durations',
      [
        [nearNano, 4_294_967_296_000n],
        [nearNano + 7_000n, 10n ** 18n],
      ],
    ],
    [
      'both',
      [
        [1n, 10n ** 18n],
        [nearNano, 3n],
      ],
    ],
    [
      'beyond columns',
      [
        [18_446_744_073_709_000_000n, 1n],
        [nearNano, 1n],
      ],
    ],
  ]
  for (const [name, spans] of times) {
    const samples = spans.map(([startUnixNano, durationNano], at) =>
      sampleSpan({ trace: 1, id: at + 1, startUnixNano, durationNano }),
    )
    const batch = sampleBatch([sampleGroup(samples)], Date.now())
    const open = openBlockOf([batch])
    const sealed = sealedBlockOf(open)
    t.same(sealed.columns, open.columns, name)
    t.same(sealed.ids, open.ids, name)
    const key = { traceId: traceIdOf(1), keptSinceUnixMs: 0 }
    const summarizer = new TraceSummarizer()
    summarizer.add(batch)
    t.same(resultOf(summarizeTrace(() => [sealed], key)), summarizer.summary(traceIdOf(1)), name)
  }
})

t.test('summarizeTrace() counts like src/search, also repeats', async (t) => {
  for (const seed of [5, 6]) {
    const batches = randomBatches(worldOf(seed, 8), 4, 60)
    const blocks = [openBlockOf(batches.slice(0, 2)), sealedBlockOf(openBlockOf(batches.slice(1)))]
    for (let trace = 1; trace <= 8; trace++) {
      const key = { traceId: traceIdOf(trace), keptSinceUnixMs: 0 }
      const summarizer = new TraceSummarizer()
      for (const part of traceParts(blocks, key)) summarizer.add(part)
      t.same(resultOf(summarizeTrace(() => blocks, key)), summarizer.summary(key.traceId))
    }
    const absent = { traceId: traceIdOf(99), keptSinceUnixMs: 0 }
    t.equal(resultOf(summarizeTrace(() => blocks, absent)), undefined)
  }
})

t.test('traceParts() leaves out what has expired and cuts at 1 MiB', async (t) => {
  const arrival = Date.now()
  const batchAt = (arrivalUnixMs: number, id: number, padding: number) =>
    sampleBatch(
      [sampleGroup([sampleSpan({ trace: 1, id, attributes: { text: 'x'.repeat(padding) } })])],
      arrivalUnixMs,
    )
  const block = openBlockOf([
    batchAt(arrival, 1, 10),
    batchAt(arrival + 5000, 2, 700_000),
    batchAt(arrival + 5000, 3, 700_000),
  ])
  const countsSince = (keptSinceUnixMs: number): number[] =>
    Array.from(traceParts([block], { traceId: traceIdOf(1), keptSinceUnixMs }), spanCount)
  t.same(countsSince(0), [2, 1])
  t.same(countsSince(arrival + 1), [1, 1])
  t.same(countsSince(arrival + 5001), [])
})

t.test('damaged parts are named and do no other harm', async (t) => {
  const open = openBlockOf(randomBatches(worldOf(9), 2, 40))
  const sections = sealBlock(open)
  const damages = ['head', 'columns', 'ids', 'terms'] as const
  for (const name of damages) {
    const damaged = new SealedBlock({
      summary: sections.summary,
      section: (asked) => (asked === name ? sections[asked].subarray(0, 5) : sections[asked]),
      chunkStarts: () => [0],
      chunk: () => open.joinCutBodies(),
    })
    const use = {
      head: () => damaged.groups,
      columns: () => damaged.columns,
      ids: () => damaged.ids,
      terms: () => damaged.postings,
    }[name]
    t.throws(use, { code: 'store_corrupt', message: new RegExp(`its ${name} are damaged`) })
  }
  const torn = new SealedBlock({
    summary: sections.summary,
    section: (asked) => sections[asked],
    chunkStarts: () => [0],
    chunk: () => open.joinCutBodies().fill(0xff, 100),
  })
  t.throws(() => torn.batchOf(Array.from(Array(80).keys()), 1), { code: 'store_corrupt' })
})

t.test('a block refuses more spans than it can number', async (t) => {
  const open = new OpenBlock(retentionMs)
  const spans = Array.from(Array(8192).keys(), (id) => sampleSpan({ trace: id + 1, id: id + 1 }))
  const batch = sampleBatch([sampleGroup(spans)], Date.now())
  open.append(batch)
  open.append(batch)
  t.equal(open.spanCount, 16_384)
  t.throws(() => open.append(batch, 0, 1), RangeError)
})
