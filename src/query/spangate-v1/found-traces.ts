import { hexOf } from '../../../bridge/model/identifier.ts'
import type { FindTracesResponse } from '../../../proto/gen/spangate/v1/FindTracesResponse.ts'
import type { FoundText } from '../../search/text/search-text.ts'
import type { MatchedSpan, MatchedTrace } from '../../search/text/verify-trace.ts'
import { lengthOfSpan } from '../../search/text/verify-trace.ts'
import type { Responses } from '../send-responses.ts'
import { wireValue } from './wire-value.ts'

/** A message is sent when its spans have about so many bytes, or this long after the last one. */
const messageBytes = 256 * 1024
const bytesPerEntry = 200
const messageIntervalMs = 200

/**
 * The traces of a search by text: a message for many of them, but none waits long for others, as the
 * next one may be found only after some thousand candidates.
 */
export async function* foundTraces(
  found: AsyncIterable<FoundText>,
  encode: (response: FindTracesResponse) => Uint8Array,
): Responses {
  let traces: NonNullable<FindTracesResponse['traces']> = []
  let sizeBytes = 0
  let sentMs = performance.now()
  for await (const item of found) {
    if (item.kind === 'end') {
      if (traces.length > 0) yield encode({ traces })
      return item.bound
    }
    traces.push(wireTrace(item))
    sizeBytes += bytesPerEntry + sizeOfSpans(item.spans)
    if (sizeBytes < messageBytes && performance.now() < sentMs + messageIntervalMs) continue
    yield encode({ traces })
    traces = []
    sizeBytes = 0
    sentMs = performance.now()
  }
  return undefined
}

function sizeOfSpans(spans: readonly MatchedSpan[]): number {
  return spans.reduce((sum, span) => sum + bytesPerEntry + lengthOfSpan(span), 0)
}

type WireTrace = NonNullable<FindTracesResponse['traces']>[number]

/** spangate.v1.FoundTrace; proto-loader takes 64-bit numbers as text. */
export function wireTrace(trace: MatchedTrace): WireTrace {
  const { summary, matchedCount, spans, traceId, newestMatchMicros } = trace
  return {
    traceId,
    rootServiceName: summary.rootServiceName,
    rootOperationName: summary.rootOperationName,
    minStartTimeUnixNano: String(summary.minStartUnixNano),
    maxEndTimeUnixNano: String(summary.maxEndUnixNano),
    spanCount: summary.spanCount,
    errorSpanCount: summary.errorSpanCount,
    matchedSpanCount: matchedCount,
    spans: spans.map(wireSpan),
    newestMatchTimeUnixNano: String(BigInt(newestMatchMicros) * 1000n),
  }
}

/** spangate.v1.FoundSpan. */
export function wireSpan(span: MatchedSpan): NonNullable<WireTrace['spans']>[number] {
  return {
    spanId: hexOf(span.spanId),
    parentSpanId: span.parentSpanId === undefined ? '' : hexOf(span.parentSpanId),
    serviceName: span.service,
    name: span.name,
    kind: span.kind as NonNullable<WireTrace['spans']>[number]['kind'] & number,
    statusCode: span.statusCode as 0 | 1 | 2,
    startTimeUnixNano: String(span.startUnixNano),
    endTimeUnixNano: String(span.endUnixNano),
    selected: span.selected.map(({ name, value }) => ({ key: name, value: wireValue(value) })),
  }
}
