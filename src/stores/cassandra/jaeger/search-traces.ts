import type { SpanBatch } from '../../../../bridge/model/span-batch.ts'
import { spanCount } from '../../../../bridge/model/span-batch.ts'
import type { SpanQuery } from '../../../ports/span-query.ts'
import { newestMatchIn } from '../../../search/newest-match.ts'
import { NewestTraces } from '../../../search/newest-traces.ts'
import type { SearchMeter } from '../../../search/search-meter.ts'
import type { FoundTraces } from '../../found-traces.ts'
import { inParallel } from '../../in-parallel.ts'
import { SearchOver } from '../../search-over.ts'
import type { ClusterSession } from '../cluster-session.ts'
import { planIndexes } from './index-plan.ts'
import { IndexReader } from './index-reader.ts'
import { isKey } from './index-statements.ts'
import { hasTag, serviceStream, servicesOf } from './service-streams.ts'
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
  const newestMatch = newestMatchIn(query)
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
  const all = servicesOf(plan) ?? (await wait(services()))
  const names = [...all].filter((name) => name !== '' && isKey(name))
  const marked = hasTag(plan) ? await reader.marked(names, query) : new Set<string>()
  const streams = names.map((name) => serviceStream({ ...search, marked }, name))
  return new UnitedStreams(streams.filter((stream) => stream !== undefined))
}
