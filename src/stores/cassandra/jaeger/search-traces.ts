import type { SpanBatch } from '../../../../bridge/model/span-batch.ts'
import { spanCount, startMicros } from '../../../../bridge/model/span-batch.ts'
import type { SpanQuery } from '../../../ports/span-query.ts'
import type { SearchBound } from '../../../ports/span-store.ts'
import { compileFilter } from '../../../search/match-span.ts'
import { NewestTraces } from '../../../search/newest-traces.ts'
import type { SearchMeter } from '../../../search/search-meter.ts'
import type { FoundTraces } from '../../found-traces.ts'
import type { ClusterSession } from '../cluster-session.ts'
import { inParallel } from '../in-parallel.ts'
import { planIndexes } from './index-plan.ts'
import { IndexReader } from './index-reader.ts'
import { isKey } from './index-statements.ts'
import { serviceStream, servicesOf } from './service-streams.ts'
import type { StartStream } from './start-stream.ts'
import { UnitedStreams } from './start-stream.ts'

/** What a search reads from. */
export interface TraceSearch {
  readonly session: ClusterSession
  /** Waits for a read; throws when nobody wants the answer any more. */
  readonly wait: <Result>(work: Promise<Result>) => Promise<Result>
  /** Names of all services that there are. */
  readonly services: () => Promise<readonly string[]>
  /** All spans of a trace. */
  readonly rows: (traceId: Uint8Array) => AsyncIterable<SpanBatch>
  readonly meter: SearchMeter
}

/** Traces that are read at the same time. */
const tracesAhead = 16

/**
 * Searches newest first: the indexes name traces by the starts of spans that may match, the traces are
 * read, and src/search decides. It ends when nothing that is left can be among the newest.
 */
export async function searchTraces(search: TraceSearch, query: SpanQuery): Promise<FoundTraces> {
  const newest = new NewestTraces(query.limit)
  try {
    await fill(newest, search, query)
    return { traces: newest.ranked(), bound: undefined }
  } catch (error) {
    if (!(error instanceof SearchOver)) throw error
    return { traces: newest.ranked(), bound: error.bound }
  }
}

async function fill(newest: NewestTraces, search: TraceSearch, query: SpanQuery): Promise<void> {
  const { meter } = search
  const wait = async <Result>(work: Promise<Result>): Promise<Result> => {
    const result = await search.wait(work)
    const hit = meter.hit()
    if (hit !== undefined) throw new SearchOver(hit)
    return result
  }
  const source = await sourceOf(search, query, wait)
  const newestMatch = matchIn(query)
  const seen = new Set<string>()
  let max = (query.maxMicros ?? Number.MAX_SAFE_INTEGER) - (query.maxMicros === undefined ? 0 : 1)
  for (let isOver = false; !isOver; ) {
    const traces: string[] = []
    while (traces.length < tracesAhead) {
      const group = await source.at(max)
      const floor = newest.floorMicros()
      isOver = group === undefined || (floor !== undefined && group.startMicros < floor)
      if (group === undefined || isOver) break
      for (const traceId of group.traceIds) {
        if (seen.has(traceId)) continue
        seen.add(traceId)
        traces.push(traceId)
      }
      max = group.startMicros - 1
    }
    await inParallel(traces, tracesAhead, async (text) => {
      const traceId = Buffer.from(text, 'latin1')
      let match: number | undefined
      for await (const batch of search.rows(traceId)) {
        meter.add(spanCount(batch))
        const found = newestMatch(batch)
        if (found !== undefined && (match === undefined || found > match)) match = found
        await wait(Promise.resolve())
      }
      if (match !== undefined) newest.offer(traceId, match)
    })
  }
}

async function sourceOf(
  { session, services }: TraceSearch,
  query: SpanQuery,
  wait: TraceSearch['wait'],
): Promise<StartStream> {
  const plan = planIndexes(query.filter)
  const reader = new IndexReader(session, wait)
  const search = { reader, plan, minMicros: query.minMicros ?? 0 }
  const names = servicesOf(plan) ?? (await wait(services()))
  const streams = [...names]
    .filter((name) => name !== '' && isKey(name))
    .map((name) => serviceStream(search, name))
  return new UnitedStreams(streams.filter((stream) => stream !== undefined))
}

/** The newest start of a batch's spans that match; spans of Jaeger's tables stand at their own. */
function matchIn(query: SpanQuery): (batch: SpanBatch) => number | undefined {
  const matches = compileFilter(query.filter)
  const min = query.minMicros ?? Number.NEGATIVE_INFINITY
  const max = query.maxMicros ?? Number.POSITIVE_INFINITY
  return (batch) => {
    let newest: number | undefined
    for (let span = 0; span < spanCount(batch); span++) {
      const start = startMicros(batch, span)
      if (start < min || start >= max || (newest !== undefined && start <= newest)) continue
      if (matches(batch, span)) newest = start
    }
    return newest
  }
}

/** Ends a search at its bound, wherever it is. */
class SearchOver extends Error {
  readonly bound: SearchBound

  constructor(bound: SearchBound) {
    super(`${bound.setting} is reached`)
    this.bound = bound
  }
}
