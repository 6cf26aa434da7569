import type { FindTraceSummariesResponse } from '../../../proto/gen/jaeger/storage/v2/FindTraceSummariesResponse.ts'
import type {
  Found,
  SearchBound,
  SummariesEnd,
  TraceRef,
  TraceSummary,
} from '../../ports/span-store.ts'
import type { Responses } from '../send-responses.ts'
import { summaryMessages } from '../summary-messages.ts'
import type { TraceSource } from '../trace-responses.ts'

/** The traces that there are of these, a message at a time, one after the other. */
export async function* tracesByIds(source: TraceSource, traces: readonly TraceRef[]): Responses {
  const { store, tenant, encodePart, signal } = source
  let lost: SearchBound | undefined
  for (const trace of traces) {
    for await (const part of store.trace(tenant, trace, signal)) yield* encodePart(part)
    lost ??= await store.lostParts(tenant, trace.traceId)
  }
  return lost
}

/** The ids of what a search finds. */
export async function foundIds(
  found: AsyncIterable<Found>,
): Promise<{ readonly traceIds: readonly Uint8Array[]; readonly bound: SearchBound | undefined }> {
  const traceIds: Uint8Array[] = []
  for await (const entry of found) {
    if (entry.kind === 'end') return { traceIds, bound: entry.bound }
    traceIds.push(entry.traceId)
  }
  return { traceIds, bound: undefined }
}

/** The summaries of a search in messages of jaeger.storage.v2. */
export function foundSummaries(
  summaries: AsyncIterable<TraceSummary | SummariesEnd>,
  encode: (response: FindTraceSummariesResponse) => Uint8Array,
): Responses {
  return summaryMessages(summaries, wireSummary, encode)
}

/** jaeger.storage.v2.TraceSummary; proto-loader takes 64-bit numbers as text. */
function wireSummary({
  kind: _kind,
  minStartUnixNano,
  maxEndUnixNano,
  services,
  ...rest
}: TraceSummary): NonNullable<FindTraceSummariesResponse['summaries']>[number] {
  return {
    ...rest,
    minStartTimeUnixNano: String(minStartUnixNano),
    maxEndTimeUnixNano: String(maxEndUnixNano),
    services: [...services],
  }
}
