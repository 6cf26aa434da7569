import { hexOf } from '../../../bridge/model/identifier.ts'
import type { FindTraceSummariesResponse } from '../../../proto/gen/jaeger/api_v3/FindTraceSummariesResponse.ts'
import type { SummariesEnd, TraceSummary } from '../../ports/span-store.ts'
import type { Responses } from '../send-responses.ts'
import { summaryMessages } from '../summary-messages.ts'

/** The summaries of a search in messages of jaeger.api_v3. */
export function foundSummaries(
  summaries: AsyncIterable<TraceSummary | SummariesEnd>,
  encode: (response: FindTraceSummariesResponse) => Uint8Array,
): Responses {
  return summaryMessages(summaries, wireSummary, encode)
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

/** The same in proto3's JSON mapping: 64-bit numbers are texts, and what is 0 or empty is left out. */
export function summaryJson(summary: TraceSummary): object {
  const { traceId, services, ...rest } = wireSummary(summary)
  const list = (services ?? []).map(({ name, ...counts }) => ({ name, ...withoutDefaults(counts) }))
  return { traceId, ...withoutDefaults(rest), ...(list.length > 0 && { services: list }) }
}

function withoutDefaults(fields: Readonly<Record<string, unknown>>): object {
  const set = Object.entries(fields).filter(([, value]) => {
    return value !== 0 && value !== '' && value !== '0'
  })
  return Object.fromEntries(set)
}
