import { hexOf } from '../../../bridge/model/identifier.ts'
import type { SpanBatch } from '../../../bridge/model/span-batch.ts'
import { spanCount } from '../../../bridge/model/span-batch.ts'
import type { SpanQuery } from '../../ports/span-query.ts'
import type { SearchBound } from '../../ports/span-store.ts'
import { newestMatchIn } from '../../search/newest-match.ts'
import { NewestTraces } from '../../search/newest-traces.ts'
import type { SearchMeter } from '../../search/search-meter.ts'
import { inParallel } from '../cassandra/in-parallel.ts'
import type { FoundTraces } from '../found-traces.ts'
import { SearchOver } from '../search-over.ts'
import type { Predicates } from './plan-search.ts'
import type { FoundIds } from './remote-storage.ts'
import type { TracePart } from './trace-parts.ts'

/** A part of the time, `[minMicros, maxMicros)`. */
export interface TimeWindow {
  readonly minMicros: number
  readonly maxMicros: number
}

/** What a search asks of a remote. */
export interface RemoteSearch {
  /** The ids of traces with a span in the window that meets the predicates, `depth` at most, in any order. */
  readonly findIds: (predicates: Predicates, window: TimeWindow, depth: number) => Promise<FoundIds>
  /** The spans of traces, those of one after those of another. */
  readonly read: (traceIds: readonly Uint8Array[]) => AsyncIterable<TracePart>
  readonly meter: SearchMeter
  /** Most ids that the remote is asked for at a time, `store.remote.max-depth`. */
  readonly depthMax: number
  /** Is given each trace that was read, part by part. */
  readonly onPart?: (part: TracePart) => void
  /** Told when a trace was read, and whether it may be in the answer. */
  readonly onTrace?: (traceId: string, isWanted: boolean) => void
}

/** The setting that a search names where a remote cannot be asked for more. */
export const depthSetting = 'store.remote.max-depth'

/** Traces that are read in one call, and calls at the same time. */
const tracesPerRead = 32
const readsAtATime = 4
/** A search that found as many as it asked for asks for so many times more. */
const depthGrowth = 4

/**
 * The newest traces that match, of a remote that may give any of those that meet the predicates, in any order
 * and up to a number. Every trace that it gives is read, and src/search decides.
 *
 * What is left out is found by asking again: where the remote gave fewer than it was asked for there are no
 * others. Where it gave as many, only those are of interest that are newer than the last of the answer; it is
 * asked for them alone, for more of them, and in the end for those of one half of the time after the other.
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
    maxMicros: query.maxMicros ?? Number.MAX_SAFE_INTEGER,
  }
  // The newest is the last one.
  const windows: TimeWindow[] = [whole]
  let depth = Math.min(query.limit, search.depthMax)
  for (let window = windows.pop(); window !== undefined; window = windows.pop()) {
    const { maxMicros } = window
    const minMicros = Math.max(window.minMicros, newest.floorMicros() ?? 0)
    if (minMicros >= maxMicros) continue
    const found = await look.at(predicates, { minMicros, maxMicros }, depth)
    if (found < depth) continue
    const isNarrower = (newest.floorMicros() ?? 0) > minMicros
    if (isNarrower || depth < search.depthMax) {
      depth = Math.min(depth * depthGrowth, search.depthMax)
      windows.push({ minMicros, maxMicros })
    } else if (maxMicros - minMicros <= 1) {
      look.bound ??= { setting: depthSetting, limit: search.depthMax }
    } else {
      const middle = minMicros + Math.floor((maxMicros - minMicros) / 2)
      windows.push({ minMicros, maxMicros: middle }, { minMicros: middle, maxMicros })
    }
  }
}

/** One search: what was seen, and what was found. */
class Looking {
  readonly search: RemoteSearch
  readonly query: SpanQuery
  readonly newest: NewestTraces
  /** The first bound that cut the search short. */
  bound: SearchBound | undefined
  readonly #match: (batch: SpanBatch) => number | undefined
  readonly #seen = new Set<string>()

  constructor(search: RemoteSearch, query: SpanQuery, newest: NewestTraces) {
    this.search = search
    this.query = query
    this.newest = newest
    this.#match = newestMatchIn(query)
  }

  /** Asks for traces and reads those that were not seen before. @returns how many there were */
  async at(predicates: Predicates, window: TimeWindow, depth: number): Promise<number> {
    const { traceIds, bound } = await this.search.findIds(predicates, window, depth)
    this.bound ??= bound
    this.#checkBounds()
    const fresh = traceIds.filter((traceId) => this.#isFresh(traceId))
    const reads = Array.from(Array(Math.ceil(fresh.length / tracesPerRead)).keys(), (at) =>
      fresh.slice(at * tracesPerRead, (at + 1) * tracesPerRead),
    )
    await inParallel(reads, readsAtATime, (some) => this.#read(some))
    return traceIds.length
  }

  async #read(traceIds: readonly Uint8Array[]): Promise<void> {
    const { search, newest } = this
    const matches = new Map<string, number>()
    for await (const part of search.read(traceIds)) {
      search.meter.add(spanCount(part.batch))
      const match = this.#match(part.batch)
      const before = matches.get(part.traceId)
      if (match !== undefined && (before === undefined || match > before)) {
        matches.set(part.traceId, match)
      }
      search.onPart?.(part)
      this.#checkBounds()
    }
    for (const traceId of traceIds) {
      const text = hexOf(traceId)
      const match = matches.get(text)
      search.onTrace?.(text, match !== undefined && newest.wants(match))
      if (match !== undefined) newest.offer(traceId, match)
    }
  }

  #isFresh(traceId: Uint8Array): boolean {
    const text = hexOf(traceId)
    if (this.#seen.has(text)) return false
    this.#seen.add(text)
    return true
  }

  #checkBounds(): void {
    const hit = this.search.meter.hit()
    if (hit !== undefined) throw new SearchOver(hit)
  }
}
