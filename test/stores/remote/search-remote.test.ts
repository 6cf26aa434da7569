import t from 'tap'
import { hexOf } from '../../../bridge/model/identifier.ts'
import type { SpanQuery } from '../../../src/ports/span-query.ts'
import { NewestTraces } from '../../../src/search/newest-traces.ts'
import { SearchMeter, searchBoundDefaults } from '../../../src/search/search-meter.ts'
import type { RemoteSearch, TimeWindow } from '../../../src/stores/remote/search-remote.ts'
import { searchRemote } from '../../../src/stores/remote/search-remote.ts'
import { attr, call, string } from '../../conformance/filter.ts'
import { Chance } from '../../conformance/generate.ts'
import { sampleBatch, sampleGroup, sampleSpan, traceIdOf } from '../../conformance/sample.ts'

// The worst that a remote may do: it gives any of the traces that have a span in the window, whether they meet
// the filter or not. A real one cannot be made to.

interface Trace {
  readonly traceId: Uint8Array
  readonly starts: readonly number[]
  /** Those of its spans that match. */
  readonly matching: readonly number[]
}

const orders = {
  'newest first': (one: Trace, other: Trace) => newestOf(other) - newestOf(one),
  'oldest first': (one: Trace, other: Trace) => newestOf(one) - newestOf(other),
  'by their ids': (one: Trace, other: Trace) => Buffer.compare(one.traceId, other.traceId),
} as const

function newestOf({ starts }: Trace): number {
  return Math.max(...starts)
}

function randomTraces(chance: Chance, count: number): Trace[] {
  return Array.from(Array(count).keys(), (number) => {
    const starts = Array.from(Array(1 + chance.below(4)), () => 1_000_000 + chance.below(2_000))
    const matching = starts.filter(() => chance.is(0.3))
    return { traceId: traceIdOf(number + 1, chance.below(3)), starts, matching }
  })
}

type CountedRemote = RemoteSearch & { asked: number }

function remoteOf(traces: readonly Trace[], depthMax: number): CountedRemote {
  const byId = new Map(traces.map((trace) => [hexOf(trace.traceId), trace]))
  return {
    asked: 0,
    depthMax,
    isExact: false,
    messageBytesMax: 4_000_000,
    meter: new SearchMeter(searchBoundDefaults),
    async findIds(_predicates, { minMicros, maxMicros }: TimeWindow, depth) {
      this.asked += 1
      const inside = traces.filter(({ starts }) =>
        starts.some((start) => start >= minMicros && start < maxMicros),
      )
      return {
        traces: inside.slice(0, depth).map(({ traceId }) => ({ traceId })),
        bound: undefined,
      }
    },
    async *read(wanted) {
      for (const { traceId } of wanted) {
        const trace = byId.get(hexOf(traceId))
        const spans = trace?.starts.map((startMicros, at) =>
          sampleSpan({
            trace: traceId,
            id: at + 1,
            startMicros,
            attributes: { matches: trace.matching.includes(startMicros) ? 'yes' : 'no' },
          }),
        )
        yield { traceId: hexOf(traceId), batch: sampleBatch([sampleGroup(spans ?? [])], 0) }
      }
    },
  }
}

/**
 * A remote that looks at three rows of an index for each id that is asked for, newest first, as Jaeger's
 * Cassandra reader does; with several indexes it gives what is in all of these cut lists.
 */
function rowsRemoteOf(
  traces: readonly Trace[],
  indexes: readonly ((trace: Trace) => boolean)[],
  depthMax = 10_000,
): CountedRemote {
  return {
    ...remoteOf(traces, depthMax),
    async findIds(_predicates, { minMicros, maxMicros }: TimeWindow, depth) {
      this.asked += 1
      const lists = indexes.map((isIndexed) => {
        const rows = traces
          .filter(isIndexed)
          .flatMap((trace) => trace.starts.map((start) => ({ start, trace })))
          .filter(({ start }) => start >= minMicros && start < maxMicros)
          .sort((one, other) => other.start - one.start)
          .slice(0, depth * 3)
        return new Set(rows.map(({ trace }) => trace))
      })
      const [first = new Set<Trace>(), ...others] = lists
      const inAll = [...first].filter((trace) => others.every((list) => list.has(trace)))
      return { traces: inAll.slice(0, depth).map(({ traceId }) => ({ traceId })), bound: undefined }
    },
  }
}

/** Traces of so many spans each, one after the other; those whose number fits match. */
function tracesOf(count: number, spans: number, isMatch: (number: number) => boolean): Trace[] {
  return Array.from(Array(count).keys(), (number) => {
    const starts = Array.from(Array(spans).keys(), (at) => 1_000_000 + number * 10_000 + at)
    return { traceId: traceIdOf(number + 1), starts, matching: isMatch(number) ? starts : [] }
  })
}

/** What the answer must be. */
function expected(traces: readonly Trace[], { limit, minMicros, maxMicros }: SpanQuery) {
  const newest = new NewestTraces(limit)
  for (const { traceId, matching } of traces) {
    const inside = matching.filter(
      (start) => start >= (minMicros ?? 0) && start < (maxMicros ?? Number.POSITIVE_INFINITY),
    )
    for (const start of inside) newest.offer(traceId, start)
  }
  return newest.ranked()
}

const filter = call('eq', attr('span', 'matches'), string('yes'))

for (const [name, order] of Object.entries(orders)) {
  t.test(
    `searchRemote() finds the newest traces of a remote that gives any, ${name}`,
    async (t) => {
      const chance = new Chance(20_261_201)
      for (let round = 0; round < 60; round++) {
        const traces = randomTraces(chance, chance.of([0, 1, 30, 200])).sort(order)
        const remote = { ...remoteOf(traces, chance.of([7, 20, 1000])), isExact: true }
        const query: SpanQuery = {
          limit: chance.of([1, 3, 20, 500]),
          filter,
          ...(chance.is(0.5) ? { minMicros: 1_000_000 + chance.below(1_500) } : {}),
          ...(chance.is(0.5) ? { maxMicros: 1_001_500 + chance.below(1_000) } : {}),
        }
        const { traces: found, bound } = await searchRemote(remote, [{}], query)
        t.same(found, expected(traces, query), `round ${round}`)
        t.equal(bound, undefined)
        t.ok(remote.asked < 700, `${remote.asked} searches`)
      }
    },
  )
}

t.test('searchRemote() asks twice where the newest come first', async (t) => {
  const traces = randomTraces(new Chance(1), 200).sort(orders['newest first'])
  const remote = remoteOf(traces, 10_000)
  const { traces: found } = await searchRemote(remote, [{}], { limit: 20 })
  t.equal(found.length, 20)
  t.equal(remote.asked, 2)
})

const indexed = { serviceName: 'shop' }
const both = {
  serviceName: 'shop',
  operationName: 'put',
  attributes: [{ key: 'matches', value: { stringValue: 'yes' } }],
}
const all = (): boolean => true
const isMatching = ({ matching }: Trace): boolean => matching.length > 0

t.test('searchRemote() asks further where rows of an index were cut', async (t) => {
  const traces = tracesOf(100, 10, all)
  const remote = rowsRemoteOf(traces, [all])
  const query = { limit: 20, filter }
  const { traces: found, bound } = await searchRemote(remote, [indexed], query)
  t.same(found, expected(traces, query))
  t.equal(bound, undefined)
  t.ok(remote.asked <= 4, `${remote.asked} searches`)
})

t.test('searchRemote() asks past one trace that fills all rows', async (t) => {
  const long = {
    traceId: traceIdOf(500),
    starts: Array.from(Array(3000).keys(), (at) => 9_000_000 + at),
    matching: [9_000_000],
  }
  const traces = [...tracesOf(30, 2, all), long]
  const query = { limit: 20, filter }
  const { traces: found, bound } = await searchRemote(rowsRemoteOf(traces, [all]), [indexed], query)
  t.same(found, expected(traces, query))
  t.equal(bound, undefined)
})

t.test('searchRemote() asks further where cut lists have little in common', async (t) => {
  const traces = tracesOf(400, 3, (number) => number % 40 === 0)
  for (const limit of [5, 20]) {
    const query = { limit, filter }
    const remote = rowsRemoteOf(traces, [all, isMatching])
    const { traces: found, bound } = await searchRemote(remote, [both], query)
    t.same(found, expected(traces, query))
    t.equal(bound, undefined)
    t.ok(remote.asked <= 6, `${remote.asked} searches`)
  }
})

t.test('searchRemote() says where rows of an index remain unseen', async (t) => {
  const traces = tracesOf(1, 500, all)
  const remote = rowsRemoteOf(traces, [all], 40)
  const { bound } = await searchRemote(remote, [indexed], { limit: 20, filter })
  t.same(bound, { setting: 'store.remote.max-depth', limit: 40 })
})

t.test('searchRemote() asks little more of a remote that leaves nothing out', async (t) => {
  const few = tracesOf(6, 50, all)
  for (const [isExact, predicates, asked] of [
    [true, indexed, 1],
    [false, indexed, 2],
    [true, both, 1],
    [false, both, 3],
  ] as const) {
    const remote = { ...remoteOf(few, 10_000), isExact }
    const { traces, bound } = await searchRemote(remote, [predicates], { limit: 20, filter })
    t.equal(traces.length, 6)
    t.equal(bound, undefined)
    t.equal(remote.asked, asked)
  }
  const none = remoteOf([], 10_000)
  t.same(await searchRemote(none, [indexed], { limit: 20, filter }), {
    traces: [],
    bound: undefined,
  })
  t.equal(none.asked, 1)
})

t.test(
  'searchRemote() says where a remote has more in a microsecond than it may give',
  async (t) => {
    const same = Array.from(Array(30).keys(), (number) => ({
      traceId: traceIdOf(number + 1),
      starts: [5],
      matching: [5],
    }))
    const remote = remoteOf(same, 10)
    const { traces, bound } = await searchRemote(remote, [{}], { limit: 20, filter })
    t.same(bound, { setting: 'store.remote.max-depth', limit: 10 })
    t.equal(traces.length, 10)
  },
)

t.test(
  'searchRemote() ends at a bound of the search, or of the remote, and names it',
  async (t) => {
    const traces = randomTraces(new Chance(2), 200)
    const remote = remoteOf(traces, 10_000)
    const meter = new SearchMeter({ timeMaxMs: 60_000, spansMax: 50 })
    const cut = await searchRemote({ ...remote, meter }, [{}], { limit: 1000 })
    t.same(cut.bound, { setting: 'search.max-spans', limit: 50 })
    const bound = { setting: 'search.max-time', limit: 30 }
    const findIds: RemoteSearch['findIds'] = async () => ({ traces: [], bound })
    t.same(await searchRemote({ ...remote, findIds }, [{}], { limit: 10 }), { traces: [], bound })
  },
)
