import { bigintBytes } from '../cql-bytes.ts'
import type { SpanRow } from './rows.ts'

/** What several rows have of one span, as bytes (cql-bytes.ts): made once for all of them. */
export interface SpanKeys {
  readonly traceId: Buffer
  readonly spanId: Buffer
  readonly start: Buffer
  readonly duration: Buffer
}

/** Of the row of a span. */
export function spanKeysOf({ traceId, spanId, startMicros, durationMicros }: SpanRow): SpanKeys {
  return {
    traceId,
    spanId: bigintBytes(spanId),
    start: bigintBytes(startMicros),
    duration: bigintBytes(durationMicros),
  }
}
