import { fromHex } from '../../bridge/model/identifier.ts'
import type { SpanBatch } from '../../bridge/model/span-batch.ts'
import { spanCount } from '../../bridge/model/span-batch.ts'
import { selectSpans } from '../../bridge/otlp/select-spans.ts'
import { freshSpans } from '../blocks/read-trace.ts'
import type { Found, SearchBound, SummariesEnd, TraceSummary } from '../ports/span-store.ts'
import { IdentitySet } from '../search/identity-set.ts'
import type { RankedTrace } from '../search/newest-traces.ts'
import type { SearchMeter } from '../search/search-meter.ts'
import { TraceSummarizer } from '../search/summarize-trace.ts'
import { ReadAhead } from './read-ahead.ts'

// What stores over tables make of a search and of rows, as the port gives it.

/** Traces that match, in the order of every answer. */
export interface FoundTraces {
  readonly traces: readonly RankedTrace[]
  readonly bound: SearchBound | undefined
}

/** Reads the spans of a trace, repeats included. */
export type ReadSpans = (traceId: Uint8Array) => AsyncIterable<SpanBatch>

/** Each identity once, in the order of its first batch. */
export async function* eachOnce(
  batches: AsyncIterable<SpanBatch>,
  seen = new IdentitySet(),
): AsyncGenerator<SpanBatch, void, void> {
  for await (const batch of batches) {
    const fresh = freshSpans(batch, seen)
    if (fresh.length === spanCount(batch)) yield batch
    else if (fresh.length > 0) yield selectSpans(batch, fresh)
  }
}

/** The answer of `SpanStore.find`. @param check throws when nobody wants the rest any more */
export async function* foundItems(
  { traces, bound }: FoundTraces,
  read: ReadSpans,
  check: () => void,
): AsyncGenerator<Found, void, void> {
  const ahead = new ReadAhead(idsOf(traces), read)
  try {
    for (const [index, { traceId, newestMatchMicros }] of traces.entries()) {
      const parts = () => ahead.of(index)
      yield { kind: 'trace', traceId: fromHex(traceId), newestMatchMicros, parts }
      check()
    }
    yield { kind: 'end', bound }
  } finally {
    ahead.end()
  }
}

/** The answer of `SpanStore.summaries`. @param pause called after each batch; may throw */
export async function* summaryItems(
  { traces, bound }: FoundTraces,
  read: ReadSpans,
  meter: SearchMeter,
  pause: () => Promise<void> | void,
): AsyncGenerator<TraceSummary | SummariesEnd, void, void> {
  const traceIds = idsOf(traces)
  const ahead = new ReadAhead(traceIds, read)
  try {
    for (const [index, traceId] of traceIds.entries()) {
      const summarizer = new TraceSummarizer()
      for await (const batch of ahead.of(index)) {
        summarizer.add(batch)
        meter.add(spanCount(batch))
        const hit = meter.hit()
        if (hit !== undefined) {
          yield { kind: 'end', bound: bound ?? hit }
          return
        }
        await pause()
      }
      if (!summarizer.empty) yield summarizer.summary(traceId)
      await pause()
    }
    yield { kind: 'end', bound }
  } finally {
    ahead.end()
  }
}

function idsOf(traces: readonly RankedTrace[]): readonly Uint8Array[] {
  return traces.map(({ traceId }) => fromHex(traceId))
}
