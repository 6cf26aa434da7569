import { hexOf } from '../../../bridge/model/identifier.ts'
import type { SpanBatch } from '../../../bridge/model/span-batch.ts'
import { spanCount } from '../../../bridge/model/span-batch.ts'
import type { SpanQuery } from '../../ports/span-query.ts'
import type { SearchBound, TraceRef } from '../../ports/span-store.ts'
import { newestMatchIn } from '../../search/newest-match.ts'
import { NewestTraces } from '../../search/newest-traces.ts'
import type { SearchMeter } from '../../search/search-meter.ts'
import type { FoundTraces } from '../found-traces.ts'
import { inParallel } from '../in-parallel.ts'
import { SearchOver } from '../search-over.ts'
import type { Predicates } from './plan-search.ts'
import { isLate, isTooLongMessage } from './remote-failure.ts'
import type { FoundIds } from './remote-storage.ts'
import type { TracePart } from './trace-parts.ts'

/** A part of the time, `[minMicros, maxMicros)`. */
export interface TimeWindow {
  readonly minMicros: number
  readonly maxMicros: number
}

/** What a search asks of a remote. */
export interface RemoteSearch {
  /** Traces with a span in the window that meets the predicates, `depth` at most, in any order. */
  readonly findIds: (predicates: Predicates, window: TimeWindow, depth: number) => Promise<FoundIds>
  /** The spans of traces, those of one after those of another. */
  readonly read: (traces: readonly TraceRef[]) => AsyncIterable<TracePart>
  readonly meter: SearchMeter
  /** Most ids that the remote is asked for at a time, `store.remote.max-depth`. */
  readonly depthMax: number
  /** Where it gives fewer ids than it is asked for, there are no others. */
  readonly isExact: boolean
  /** Where the time of a query has no end, it ends here. */
  readonly endMicros?: number
  /** Largest message of the remote, `store.remote.max-message-size`; a trace in a longer one is left out. */
  readonly messageBytesMax: number
  /** Is given each trace that was read, part by part. */
  readonly onPart?: (part: TracePart) => void
  /** Told when a trace was read, and of its newest matching span where it may be in the answer. */
  readonly onTrace?: (traceId: string, newestMatchMicros: number | undefined) => void
}

/** The setting that a search names where a remote cannot be asked for more. */
const depthSetting = 'store.remote.max-depth'
/** The setting that a search names where it leaves out a trace that is too long to be read. */
const messageSetting = 'store.remote.max-message-size'

/** Traces that are read in one call, and calls at the same time. */
const tracesPerRead = 32
const readsAtATime = 4
/** A search that may have left traces out asks for so many times more. */
const depthGrowth = 4
/** Rows of an index that Jaeger's Cassandra reader takes for each id. */
const rowsPerId = 3
/** A time in which nothing new is found, though there may be something, is not looked at in smaller parts. */
const doubtMicros = 60_000_000

/**
 * The newest traces that match, of a remote that may give any of those that meet the predicates, in any order
 * and up to a number. Every trace that it gives is read, and src/search decides.
 *
 * What is left out is found by asking again. Where the remote gave as many as it was asked for, only those are
 * of interest that are newer than the last of the answer; it is asked for them alone, for more of them, and in
 * the end for those of one half of the time after the other. Where it gave fewer there are no others, if it is
 * exact; how it is asked again if it is not says `isComplete`.
 */
export async function searchRemote(
  search: RemoteSearch,
  plan: readonly Predicates[],
  query: SpanQuery,
): Promise<FoundTraces> {
  const newest = new NewestTraces(query.limit)
  const look = new Looking(search, query, newest)
  try {
    for (const predicates of plan) await cover(look, predicates)
    return { traces: newest.ranked(), bound: look.bound }
  } catch (error) {
    if (!(error instanceof SearchOver)) throw error
    return { traces: newest.ranked(), bound: error.bound }
  }
}

/** Looks at all traces that meet the predicates and may be among the newest. */
async function cover(look: Looking, predicates: Predicates): Promise<void> {
  const { newest, search, query } = look
  // Begun times and no time at all: those who keep spans do not agree on what a missing one means.
  const whole = {
    minMicros: Math.max(query.minMicros ?? 0, 0),
    maxMicros: query.maxMicros ?? endOf(search, query),
  }
  // The newest is the last one.
  const windows: TimeWindow[] = [whole]
  let depth = Math.min(query.limit, search.depthMax)
  for (let window = windows.pop(); window !== undefined; window = windows.pop()) {
    const { maxMicros } = window
    const minMicros = Math.max(window.minMicros, newest.floorMicros() ?? 0)
    if (minMicros >= maxMicros) continue
    const answer = await look.at(predicates, { minMicros, maxMicros }, depth)
    const isFull = answer.found >= depth
    if (!isFull && (search.isExact || isComplete(predicates, answer, depth))) continue
    const isNarrower = (newest.floorMicros() ?? 0) > minMicros
    if (depth < search.depthMax) {
      // Cut lists that had nothing new in common may have it anywhere behind: no step is small enough.
      const isStuck = !isFull && isIntersection(predicates) && answer.fresh === 0
      const enough = isFull ? 0 : Math.floor(answer.spans / rowsPerId) + 1
      depth = Math.min(
        isStuck ? search.depthMax : Math.max(depth * depthGrowth, enough),
        search.depthMax,
      )
      windows.push({ minMicros, maxMicros })
    } else if (isFull && isNarrower) {
      windows.push({ minMicros, maxMicros })
    } else if (!isFull && answer.fresh === 0 && isIntersection(predicates)) {
    } else if (maxMicros - minMicros <= (isFull || answer.fresh > 0 ? 1 : doubtMicros)) {
      look.noteDepth()
    } else {
      const middle = minMicros + Math.floor((maxMicros - minMicros) / 2)
      windows.push({ minMicros, maxMicros: middle }, { minMicros: middle, maxMicros })
    }
  }
}

/**
 * Whether fewer ids than were asked for are shown to be all. Jaeger's Cassandra reader takes three rows of an
 * index for each id that it may give, newest first, and each is one span: if it left some out, those it took
 * are spans of the traces that it names. So these have as many spans as it took rows. Where it
 * takes the traces that several such lists have in common, what it names shows nothing.
 *
 * Source: jaeger v2.20.0, internal/storage/v1/cassandra/spanstore/reader.go (limitMultiple, findTraceIDs).
 */
function isComplete(predicates: Predicates, { spans }: Answer, depth: number): boolean {
  return !isIntersection(predicates) && spans < depth * rowsPerId
}

/** Whether a remote may look into more than one index. Nothing is known of those that take a filter. */
function isIntersection({ filter, attributes = [], operationName }: Predicates): boolean {
  if (filter !== undefined && filter !== null) return true
  return (attributes?.length ?? 0) + (operationName ? 1 : 0) > 1
}

/** Where a time without an end ends, which is never before it begins. */
function endOf({ endMicros = Number.MAX_SAFE_INTEGER }: RemoteSearch, query: SpanQuery): number {
  return (query.minMicros ?? 0) < endMicros ? endMicros : Number.MAX_SAFE_INTEGER
}

/** What a remote gave for one question. */
interface Answer {
  /** Traces that it named. */
  readonly found: number
  /** Those of them that were not seen before. */
  readonly fresh: number
  /** Spans that the named traces have. */
  readonly spans: number
}

/** One search: what was seen, and what was found. */
class Looking {
  readonly search: RemoteSearch
  readonly query: SpanQuery
  readonly newest: NewestTraces
  /** The first bound that cut the search short. */
  bound: SearchBound | undefined
  readonly #match: (batch: SpanBatch) => number | undefined
  /** How many spans the traces have that were seen. */
  readonly #seen = new Map<string, number>()

  constructor(search: RemoteSearch, query: SpanQuery, newest: NewestTraces) {
    this.search = search
    this.query = query
    this.newest = newest
    this.#match = newestMatchIn(query)
  }

  /** Asks for traces and reads those that were not seen before. */
  async at(predicates: Predicates, window: TimeWindow, depth: number): Promise<Answer> {
    const { traces, bound } = await this.search
      .findIds(predicates, window, depth)
      .catch((error: unknown) => this.#endWith(error))
    this.bound ??= bound
    this.#checkBounds()
    const fresh = traces.filter(({ traceId }) => this.#isFresh(traceId))
    const reads = Array.from(Array(Math.ceil(fresh.length / tracesPerRead)).keys(), (at) =>
      fresh.slice(at * tracesPerRead, (at + 1) * tracesPerRead),
    )
    await inParallel(reads, readsAtATime, (some) => this.#readAll(some))
    const spans = traces.reduce(
      (sum, { traceId }) => sum + (this.#seen.get(hexOf(traceId)) ?? 0),
      0,
    )
    return { found: traces.length, fresh: fresh.length, spans }
  }

  /** The remote cannot be asked for more, and may have more. */
  noteDepth(): void {
    this.bound ??= { setting: depthSetting, limit: this.search.depthMax }
  }

  /** Reads traces; where a message is too long, the others without the one that it is of. */
  async #readAll(traces: readonly TraceRef[]): Promise<void> {
    try {
      await this.#read(traces)
    } catch (error) {
      if (!isTooLongMessage(error)) this.#endWith(error)
      for (const { traceId } of traces) {
        const text = hexOf(traceId)
        this.#seen.set(text, 0)
        this.search.onTrace?.(text, undefined)
      }
      if (traces.length > 1) {
        for (const trace of traces) await this.#readAll([trace])
      } else {
        this.bound ??= { setting: messageSetting, limit: this.search.messageBytesMax }
      }
    }
  }

  /** @throws SearchOver for an answer that came too late for the search, else the error */
  #endWith(error: unknown): never {
    const hit = isLate(error) ? this.search.meter.hit() : undefined
    throw hit === undefined ? error : new SearchOver(hit)
  }

  async #read(traces: readonly TraceRef[]): Promise<void> {
    const { search, newest } = this
    const matches = new Map<string, number>()
    for await (const part of search.read(traces)) {
      const spans = spanCount(part.batch)
      search.meter.add(spans)
      this.#seen.set(part.traceId, (this.#seen.get(part.traceId) ?? 0) + spans)
      const match = this.#match(part.batch)
      const before = matches.get(part.traceId)
      if (match !== undefined && (before === undefined || match > before)) {
        matches.set(part.traceId, match)
      }
      search.onPart?.(part)
      this.#checkBounds()
    }
    for (const { traceId } of traces) {
      const text = hexOf(traceId)
      const match = matches.get(text)
      search.onTrace?.(text, match !== undefined && newest.wants(match) ? match : undefined)
      if (match !== undefined) newest.offer(traceId, match)
    }
  }

  #isFresh(traceId: Uint8Array): boolean {
    const text = hexOf(traceId)
    if (this.#seen.has(text)) return false
    this.#seen.set(text, 0)
    return true
  }

  #checkBounds(): void {
    const hit = this.search.meter.hit()
    if (hit !== undefined) throw new SearchOver(hit)
  }
}
