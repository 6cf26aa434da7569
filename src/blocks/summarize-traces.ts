import type { SearchBound, TraceSummary } from '../ports/span-store.ts'
import type { SearchMeter } from '../search/search-meter.ts'
import type { BlockView } from './block-view.ts'
import { summarizeTrace } from './summarize-trace.ts'

/** Where traces are read from, and how much of them. */
export interface SummarizeOptions {
  /** The blocks that may have spans of a trace, in any order; asked for up to twice for each. */
  readonly blocksOf: (traceId: Uint8Array) => Iterable<BlockView>
  /** Spans that arrived before this are expired, ms since the epoch. */
  readonly keptSinceUnixMs: number
  /** Counts every span that is added up; not that of the walk, which may have ended at its bound. */
  readonly meter: SearchMeter
}

/**
 * The summaries of traces, in their order, without those of which nothing is left. Yields undefined
 * after every short piece of work, so that whoever drives it can do something else, or stop. A trace
 * that a bound cuts short has no summary: it would be a wrong one.
 *
 * @returns the bound that ended it early, if any
 */
export function* summarizeTraces(
  traceIds: Iterable<Uint8Array>,
  { blocksOf, keptSinceUnixMs, meter }: SummarizeOptions,
): Generator<TraceSummary | undefined, SearchBound | undefined> {
  for (const traceId of traceIds) {
    const pieces = summarizeTrace(() => blocksOf(traceId), { traceId, keptSinceUnixMs })
    for (;;) {
      yield
      const { done, value } = pieces.next()
      if (done) {
        if (value !== undefined) yield value
        break
      }
      meter.add(value)
      const bound = meter.hit()
      if (bound !== undefined) return bound
    }
  }
  return undefined
}
