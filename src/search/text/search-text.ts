import { hexOf } from '../../../bridge/model/identifier.ts'
import type { SpanBatch } from '../../../bridge/model/span-batch.ts'
import type { Call, SpanQuery } from '../../ports/span-query.ts'
import type { SearchBound } from '../../ports/span-store.ts'
import type { RankedTrace } from '../newest-traces.ts'
import { byRank } from '../newest-traces.ts'
import { isExact, neededFilters, resultFilter } from './candidate-filters.ts'
import { candidatesSetting, timeSetting } from './text-bounds.ts'
import type { TextSearch, TextSearchOptions } from './text-search.ts'
import type { MatchedTrace } from './verify-trace.ts'
import { TraceVerifier } from './verify-trace.ts'

/** A trace that matches, or the end of the answer. */
export type FoundText =
  | ({ readonly kind: 'trace' } & MatchedTrace)
  | { readonly kind: 'end'; readonly bound: SearchBound | undefined }

/**
 * Traces whose spans match a query text, by the newest span of their result, descending, ties by trace
 * id; the last item is the end, with the bound that was hit, if any.
 *
 * What spansets ask of each other is asked of whole traces (docs/adr/0025): the store finds candidates
 * by the spans that can be in the result, newest first, until enough are verified. When most of these
 * fail, the rarest of the other spansets finds the candidates instead.
 *
 * @throws GatewayError as `SpanStore.find` does
 */
export async function* searchText(
  search: TextSearch,
  options: TextSearchOptions,
): AsyncGenerator<FoundText> {
  const walk = new TextWalk(search, options)
  const { spanset } = search.compiled
  const { candidatesMax } = options.bounds
  const filter = resultFilter(spanset)
  let limit = isExact(spanset) ? search.limit : Math.max(4 * search.limit, firstCandidates)
  for (let isFirst = true; ; isFirst = false) {
    limit = Math.min(limit, candidatesMax)
    const window = windowOf(search)
    const page = yield* walk.verify({ ...window, ...(filter && { filter }), limit }, true)
    if (walk.isFull) break
    if (page.isLast || page.bound !== undefined) {
      yield* walk.rest(page.bound)
      return
    }
    const needed = isFirst ? neededFilters(spanset).filter((one) => one !== filter) : []
    const rarest = await walk.rarest(needed)
    if (rarest !== undefined) {
      // The window is that of the result, not of what these are found by.
      const last = yield* walk.verify(rarest, false)
      yield* walk.rest(last.bound)
      return
    }
    if (limit === candidatesMax) {
      yield* walk.rest({ setting: candidatesSetting, limit })
      return
    }
    limit *= 4
  }
  yield* walk.rest(undefined)
}

/** Candidates of the first page, when a candidate may fail. */
const firstCandidates = 100

function windowOf({
  minMicros,
  maxMicros,
}: TextSearch): Pick<SpanQuery, 'minMicros' | 'maxMicros'> {
  return {
    ...(minMicros !== undefined && { minMicros }),
    ...(maxMicros !== undefined && { maxMicros }),
  }
}

/** How a list of candidates ended. */
interface Page {
  /** The store has no more of them. */
  readonly isLast: boolean
  readonly bound: SearchBound | undefined
}

/** What a search has seen and found so far. */
class TextWalk {
  readonly #search: TextSearch
  readonly #options: TextSearchOptions
  readonly #verifier: TraceVerifier
  readonly #seen = new Set<string>()
  /** Verified and not yet given. */
  readonly #found: MatchedTrace[] = []
  #given = 0
  readonly #now: () => number
  readonly #endMs: number

  constructor(search: TextSearch, options: TextSearchOptions) {
    this.#search = search
    this.#options = options
    this.#verifier = new TraceVerifier(search, options)
    this.#now = options.now ?? (() => performance.now())
    this.#endMs = this.#now() + options.bounds.timeMaxMs
  }

  /** True when as many traces were given as were asked for. */
  get isFull(): boolean {
    return this.#given >= this.#search.limit
  }

  /**
   * Looks at what a search of the store finds, and gives what nothing can come before any more.
   *
   * @param isOrdered no candidate's result is newer than the candidate
   */
  async *verify(query: SpanQuery, isOrdered: boolean): AsyncGenerator<FoundText, Page> {
    const { store, tenant, signal, bounds } = this.#options
    let count = 0
    for await (const candidate of store.find(tenant, query, signal)) {
      if (candidate.kind === 'end') return { isLast: count < query.limit, bound: candidate.bound }
      if (this.#now() > this.#endMs) {
        return { isLast: false, bound: { setting: timeSetting, limit: bounds.timeMaxMs } }
      }
      count += 1
      await this.#look(candidate.traceId, candidate.parts())
      if (isOrdered) yield* this.#upTo({ ...candidate, traceId: hexOf(candidate.traceId) })
      if (this.isFull) break
    }
    return { isLast: false, bound: undefined }
  }

  /** Everything that is left, then the end. */
  async *rest(bound: SearchBound | undefined): AsyncGenerator<FoundText> {
    yield* this.#upTo({ newestMatchMicros: Number.NEGATIVE_INFINITY, traceId: '' })
    yield { kind: 'end', bound: bound ?? this.#verifier.bound }
  }

  /**
   * The search that finds the fewest candidates, wherever in time they are; undefined when none finds
   * less than the most that may be verified.
   */
  async rarest(filters: readonly Call[]): Promise<SpanQuery | undefined> {
    const { candidatesMax } = this.#options.bounds
    let fewest: SpanQuery | undefined
    for (const filter of filters) {
      if (this.#now() > this.#endMs) break
      const limit = fewest?.limit ?? candidatesMax
      const count = await this.#countOf({ filter, limit })
      // One more than there are, so that the search is known to have come to its end.
      if (count !== undefined && count < limit) fewest = { filter, limit: count + 1 }
    }
    return fewest
  }

  /** Undefined when a bound was hit before all were counted. */
  async #countOf(query: SpanQuery): Promise<number | undefined> {
    const { store, tenant, signal } = this.#options
    let count = 0
    for await (const found of store.find(tenant, query, signal)) {
      if (found.kind === 'trace') count += 1
      else if (found.bound !== undefined) return undefined
    }
    return count
  }

  async #look(traceId: Uint8Array, parts: AsyncIterable<SpanBatch>): Promise<void> {
    const id = hexOf(traceId)
    if (this.#seen.has(id)) return
    this.#seen.add(id)
    const matched = await this.#verifier.verify(traceId, parts)
    if (matched === undefined) return
    this.#found.push(matched)
    if (this.#found.length >= 2 * this.#search.limit) this.#cut()
  }

  /** Gives, in order, what stands at this place of the order or before it. */
  *#upTo(place: RankedTrace): Generator<FoundText> {
    if (this.#found.length === 0) return
    this.#cut()
    while (!this.isFull) {
      const [first] = this.#found
      if (first === undefined || byRank(first, place) > 0) return
      this.#found.shift()
      this.#given += 1
      yield { kind: 'trace', ...first }
    }
  }

  /** What is behind the last one that can be given is of no use. */
  #cut(): void {
    this.#found.sort(byRank)
    this.#found.splice(this.#search.limit - this.#given)
  }
}
