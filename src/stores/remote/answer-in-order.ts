import { hexOf } from '../../../bridge/model/identifier.ts'
import { spanCount } from '../../../bridge/model/span-batch.ts'
import type { SpanQuery } from '../../ports/span-query.ts'
import type {
  Found,
  SearchBound,
  SummariesEnd,
  TraceRef,
  TraceSummary,
} from '../../ports/span-store.ts'
import { newestMatchIn } from '../../search/newest-match.ts'
import type { SearchMeter } from '../../search/search-meter.ts'
import type { ReadSpans } from '../found-traces.ts'
import { HeldTraces } from './held-traces.ts'
import type { FoundIds } from './remote-storage.ts'
import type { TracePart } from './trace-parts.ts'

// What a remote finds that answers as every store here does: nothing of it has to be found out again.

/** How found traces are read. */
export interface OrderedReads {
  readonly query: SpanQuery
  /** The spans of traces, those of one after those of another. */
  readonly read: (traces: readonly TraceRef[]) => AsyncIterable<TracePart>
  /** All spans of one trace, each once. */
  readonly trace: ReadSpans
  readonly meter: SearchMeter
  /** Throws when nobody wants the rest any more. */
  readonly check: () => void
}

/** Traces that are read together, to see where in time they stand. */
const readAhead = 16

/** The answer of `SpanStore.find`. */
export async function* foundInOrder(
  { traces, bound }: FoundIds,
  reads: OrderedReads,
): AsyncGenerator<Found, void, void> {
  const { query, trace, check } = reads
  // A start that the remote has moved is not known, but before which others its trace stands.
  let place = (query.maxMicros ?? Number.MAX_SAFE_INTEGER) - 1
  for (let from = 0; from < traces.length; from += readAhead) {
    const some = traces.slice(from, from + readAhead)
    const { held, newest, hit } = await readSome(some, reads)
    if (hit !== undefined) {
      yield { kind: 'end', bound: hit }
      return
    }
    for (const { traceId } of some) {
      const text = hexOf(traceId)
      // Of one that is gone since there is nothing to show.
      if (!newest.has(text)) continue
      place = Math.min(place, newest.get(text) ?? place)
      const parts = () => held.spans(traceId, trace, check)
      yield { kind: 'trace', traceId: new Uint8Array(traceId), newestMatchMicros: place, parts }
      check()
    }
  }
  yield { kind: 'end', bound }
}

/** Traces that were read together. */
interface SomeTraces {
  readonly held: HeldTraces
  /** Largest start of the matching spans of each, as far as it is known here. */
  readonly newest: ReadonlyMap<string, number | undefined>
  /** The bound that ended the reading. */
  readonly hit: SearchBound | undefined
}

async function readSome(
  traces: readonly TraceRef[],
  { query, read, meter }: OrderedReads,
): Promise<SomeTraces> {
  const newestMatch = newestMatchIn(query)
  const held = new HeldTraces()
  const newest = new Map<string, number | undefined>()
  for await (const part of read(traces)) {
    held.add(part)
    const before = newest.get(part.traceId)
    const match = newestMatch(part.batch)
    newest.set(part.traceId, match === undefined ? before : Math.max(match, before ?? 0))
    meter.add(spanCount(part.batch))
    const hit = meter.hit()
    if (hit !== undefined) return { held, newest, hit }
  }
  return { held, newest, hit: undefined }
}

/**
 * The answer of `SpanStore.summaries`.
 *
 * @param find finds them, and tells the remote's bound behind the last one
 */
export async function* summariesInOrder(
  find: (onEnd: (bound: SearchBound | undefined) => void) => AsyncIterable<TraceSummary>,
  { meter, check }: Pick<OrderedReads, 'meter' | 'check'>,
): AsyncGenerator<TraceSummary | SummariesEnd, void, void> {
  let bound: SearchBound | undefined
  const summaries = find((told) => {
    bound = told
  })
  for await (const summary of summaries) {
    bound = meter.hit()
    if (bound !== undefined) break
    yield summary
    check()
  }
  yield { kind: 'end', bound }
}
