import t from 'tap'
import { hexOf } from '../../../bridge/model/identifier.ts'
import type { SpanStore } from '../../../src/ports/span-store.ts'
import { compileText } from '../../../src/search/text/compile-query.ts'
import { searchText } from '../../../src/search/text/search-text.ts'
import type { TextSearchBounds } from '../../../src/search/text/text-bounds.ts'
import { textSearchBoundDefaults } from '../../../src/search/text/text-bounds.ts'
import type { TextSearchOptions } from '../../../src/search/text/text-search.ts'
import { patience } from '../../conformance/answer.ts'
import type { World } from '../../conformance/generate.ts'
import { Chance, randomGroups } from '../../conformance/generate.ts'
import { Oracle } from '../../conformance/oracle.ts'
import { referenceStore } from '../../conformance/reference-store.ts'
import type { SampleSpan } from '../../conformance/sample.ts'
import { sampleBatch, sampleGroup, sampleSpan } from '../../conformance/sample.ts'
import { createRandom } from '../../fuzz/random.ts'
import { heldLoop } from '../../loop-cost.ts'
import { localStores, openStores } from '../compare-stores.ts'
import { randomSpansets } from './random-text.ts'
import type { OracleAnswer, OracleSearch } from './text-oracle.ts'
import { answerOf } from './text-oracle.ts'

t.setTimeout(170_000)

const seed = Number(process.env['SPANGATE_TEST_SEED'] ?? 20_261_130)
const retentionMs = 72 * 3_600_000
const queries = 30
const spans = 1000

t.test(`searchText() answers random texts as the oracle does, seed ${seed}`, async (t) => {
  const random = createRandom(seed)
  const arrivalUnixMs = Date.now()
  const world: World = { chance: new Chance(seed), arrivalUnixMs, traces: spans / 12 }
  const batch = sampleBatch(randomGroups(world, spans), arrivalUnixMs)
  const oracle = new Oracle(retentionMs)
  oracle.add(batch)
  const stores = await openStores(t, localStores.stores)
  for (const { store } of stores) await store.write('', batch, patience)
  let found = 0
  for (let query = 0; query < queries; query++) {
    const min = arrivalUnixMs * 1000 - random.below(7_200_000) * 1000
    const search: OracleSearch = {
      text: randomSpansets(random),
      minMicros: random.oneIn(2) ? min : undefined,
      maxMicros: random.oneIn(2) ? min + random.below(7_200_000) * 1000 : undefined,
      limit: random.pick([1, 3, 20, 1000]),
    }
    const expected = answerOf(oracle, search)
    if (expected.length > 0) found += 1
    for (const { name, store } of stores) {
      const { answers, bound } = await ask(store, search)
      t.equal(bound, undefined)
      t.same(answers, expected, `${name}: ${JSON.stringify(search)}`)
    }
  }
  t.ok(found > queries / 3, `most texts find something, here ${found}`)
})

t.test('searchText() finds by the rarest spanset what its result finds too late', async (t) => {
  // 400 traces have a child, the oldest also has the root that is asked for.
  const store = storeOf(
    Array.from({ length: 400 }, (_, at) => ({
      trace: at + 1,
      spans: [
        { id: 1, name: at === 399 ? 'rare' : 'root' },
        { id: 2, parent: 1, name: 'child' },
      ],
    })),
  )
  const search = { text: '{ name = "rare" } > { name = "child" }', limit: 10 }
  const { answers, bound } = await ask(store, search, { candidatesMax: 200 })
  t.equal(bound, undefined)
  t.same(
    answers.map(({ traceId, spanIds }) => [Number.parseInt(traceId, 16), spanIds]),
    [[400, ['0000000000000002']]],
  )
  const all = { text: '{ name = "root" } > { name = "child" }', limit: 10_000 }
  const cut = await ask(store, all, { candidatesMax: 200 })
  t.same(cut.bound, { setting: 'search.max-candidates', limit: 200 })
  t.equal(cut.answers.length, 200)
  t.equal((await ask(store, { ...all, limit: 10 })).bound, undefined)
})

t.test('searchText() ends at its bounds and names the one', async (t) => {
  const store = storeOf([
    { trace: 1, spans: Array.from({ length: 30 }, (_, at) => ({ id: at + 1, name: 'a' })) },
  ])
  const { answers, bound } = await ask(
    store,
    { text: '{ name = "a" }', limit: 1 },
    { traceSpansMax: 20 },
  )
  t.equal(answers[0]?.spanIds.length, 20)
  t.same(bound, { setting: 'search.max-trace-spans', limit: 20 })
  const large = await ask(store, { text: '{ name = "a" }', limit: 1 }, { traceBytesMax: 100 })
  t.same(large.bound, { setting: 'search.max-trace-bytes', limit: 100 })
  const late = await ask(store, { text: '{}', limit: 1 }, { timeMaxMs: -1 })
  t.same(late, { answers: [], bound: { setting: 'search.max-time', limit: -1 } })
})

t.test('searchText() gives what is selected, the first spans, and the number of all', async (t) => {
  const store = storeOf([
    {
      trace: 1,
      spans: [
        { id: 1, name: 'a', attributes: { x: 'one', y: 2n } },
        { id: 2, name: 'b', parent: 1, attributes: { x: 'two' }, durationNano: 5_000_000n },
        { id: 3, name: 'c', parent: 1, attributes: { x: 'three' } },
      ],
    },
  ])
  const text =
    '{ .x != nil } | select(.x, span.y, duration, trace:rootName, span:childCount, event:name)'
  const compiled = compileText(text)
  const [found] = await collect(searchText({ compiled, limit: 1, spansMax: 2 }, optionsOf(store)))
  if (found?.kind !== 'trace') throw new Error('no trace')
  t.equal(found.matchedCount, 3)
  t.equal(found.summary.spanCount, 3)
  t.same(
    found.spans.map(({ name, selected }) => [
      name,
      ...selected.map((one) => [one.name, 'value' in one.value && one.value.value]),
    ]),
    [
      [
        'a',
        ['.x', 'one'],
        ['span.y', 2n],
        ['duration', 1_000_000_000n],
        ['trace:rootName', 'a'],
        ['span:childCount', 2n],
      ],
      [
        'b',
        ['.x', 'two'],
        ['duration', 5_000_000n],
        ['trace:rootName', 'a'],
        ['span:childCount', 0n],
      ],
    ],
  )
})

t.test('searchText() cuts long values, and shows fewer spans with many of them', async (t) => {
  const long = 'x'.repeat(5000)
  const spans = Array.from({ length: 60 }, (_, at) => ({
    id: at + 1,
    name: long,
    attributes: { text: long, list: Array(50).fill(long), bytes: new Uint8Array(5000) },
  }))
  const compiled = compileText('{} | select(span.text, span.list, span.bytes)')
  const search = { compiled, limit: 1, spansMax: 1000 }
  const [found] = await collect(searchText(search, optionsOf(storeOf([{ trace: 1, spans }]))))
  if (found?.kind !== 'trace') throw new Error('no trace')
  t.equal(found.matchedCount, 60)
  t.ok(found.spans.length > 5 && found.spans.length < 20, `${found.spans.length} spans`)
  const [text, list, bytes] = found.spans[0]?.selected ?? []
  t.same(text?.value, { kind: 'string', value: `${'x'.repeat(1024)}…` })
  t.equal(list?.value.kind === 'array' && list.value.value.length, 16)
  t.equal(bytes?.value.kind === 'bytes' && bytes.value.value.length, 1024)
})

t.test('searchText() lets others have the thread while it looks at a large trace', async (t) => {
  const spans = Array.from({ length: 20_000 }, (_, at) => ({
    id: at + 1,
    name: `operation ${at}`,
    attributes: { x: `value ${at}` },
  }))
  const store = storeOf([{ trace: 1, spans }])
  const held = await heldLoop(async () => {
    const { answers } = await ask(store, { text: '{ .x =~ "value .*[05]" } ~ { .x }', limit: 1 })
    t.same(answers, [])
  })
  t.equal(held, undefined)
  const gone = AbortSignal.abort(new Error('gone'))
  const search = { compiled: compileText('{ .x =~ "v.*" }'), limit: 1, spansMax: 1 }
  const searching = searchText(search, { ...optionsOf(store), signal: gone })
  await t.rejects(collect(searching))
})

interface SampleTrace {
  readonly trace: number
  readonly spans: readonly Omit<SampleSpan, 'trace'>[]
}

/** A store with these traces, each older than the one before. */
function storeOf(traces: readonly SampleTrace[]): SpanStore {
  const store = referenceStore(retentionMs)
  const arrivalUnixMs = Date.now()
  const spans = traces.flatMap(({ trace, spans }) =>
    spans.map((span) =>
      sampleSpan({ trace, startMicros: (arrivalUnixMs - trace) * 1000 + span.id, ...span }),
    ),
  )
  void store.write('', sampleBatch([sampleGroup(spans)], arrivalUnixMs), patience)
  return store
}

function optionsOf(store: SpanStore, bounds: Partial<TextSearchBounds> = {}): TextSearchOptions {
  return {
    store,
    tenant: '',
    retentionMs,
    bounds: { ...textSearchBoundDefaults, ...bounds },
    signal: patience,
  }
}

async function collect<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const all: Item[] = []
  for await (const item of items) all.push(item)
  return all
}

/** The whole answer, as the oracle writes it. */
async function ask(
  store: SpanStore,
  search: OracleSearch,
  bounds: Partial<TextSearchBounds> = {},
): Promise<{ answers: OracleAnswer[]; bound: unknown }> {
  const { text, minMicros, maxMicros, limit } = search
  const answers: OracleAnswer[] = []
  const found = searchText(
    {
      compiled: compileText(text),
      ...(minMicros !== undefined && { minMicros }),
      ...(maxMicros !== undefined && { maxMicros }),
      limit,
      spansMax: 10_000,
    },
    optionsOf(store, bounds),
  )
  for await (const item of found) {
    if (item.kind === 'end') return { answers, bound: item.bound }
    const { traceId, newestMatchMicros } = item
    const spanIds = item.spans.map(({ spanId }) => hexOf(spanId)).sort()
    answers.push({ traceId, newestMatchMicros, spanIds })
  }
  throw new Error('the answer has no end')
}
