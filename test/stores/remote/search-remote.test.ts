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

function remoteOf(traces: readonly Trace[], depthMax: number): RemoteSearch & { asked: number } {
  const byId = new Map(traces.map((trace) => [hexOf(trace.traceId), trace]))
  return {
    asked: 0,
    depthMax,
    meter: new SearchMeter(searchBoundDefaults),
    async findIds(_predicates, { minMicros, maxMicros }: TimeWindow, depth) {
      this.asked += 1
      const inside = traces.filter(({ starts }) =>
        starts.some((start) => start >= minMicros && start < maxMicros),
      )
      return { traceIds: inside.slice(0, depth).map(({ traceId }) => traceId), bound: undefined }
    },
    async *read(traceIds) {
      for (const traceId of traceIds) {
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
        const remote = remoteOf(traces, chance.of([7, 20, 1000]))
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
    const findIds: RemoteSearch['findIds'] = async () => ({ traceIds: [], bound })
    t.same(await searchRemote({ ...remote, findIds }, [{}], { limit: 10 }), { traces: [], bound })
  },
)
