import { hexOf } from '../../../bridge/model/identifier.ts'
import type { FindTraceSummariesResponse } from '../../../proto/gen/jaeger/api_v3/FindTraceSummariesResponse.ts'
import type { SummariesEnd, TraceSummary } from '../../ports/span-store.ts'
import type { Responses } from '../send-responses.ts'

/** The summaries of a search, each in a message of its own as soon as it is known. */
export async function* foundSummaries(
  summaries: AsyncIterable<TraceSummary | SummariesEnd>,
  encode: (response: FindTraceSummariesResponse) => Uint8Array,
): Responses {
  for await (const summary of summaries) {
    if (summary.kind === 'end') return summary.bound
    yield encode({ summaries: [wireSummary(summary)] })
  }
  return undefined
}

/** jaeger.api_v3.TraceSummary; proto-loader takes 64-bit numbers as text. */
function wireSummary(
  summary: TraceSummary,
): NonNullable<FindTraceSummariesResponse['summaries']>[number] {
  return {
    traceId: hexOf(summary.traceId),
    rootServiceName: summary.rootServiceName,
    rootOperationName: summary.rootOperationName,
    minStartTimeUnixNano: String(summary.minStartUnixNano),
    maxEndTimeUnixNano: String(summary.maxEndUnixNano),
    spanCount: summary.spanCount,
    errorSpanCount: summary.errorSpanCount,
    orphanSpanCount: summary.orphanSpanCount,
    services: [...summary.services],
  }
}
