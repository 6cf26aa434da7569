import { spanIdLength, traceIdLength } from '../model/identifier.ts'

/** A SpanRef as it stands on the wire, its ids at their full length. */
export interface Reference {
  readonly traceId: Uint8Array
  readonly spanId: Uint8Array
  /** CHILD_OF 0, FOLLOWS_FROM 1; others are possible. */
  readonly type: number
  readonly unknown: Uint8Array | undefined
}

/** Trace id that stands for none; shared, never changed. */
export const zeroTraceId: Uint8Array = new Uint8Array(traceIdLength)
/** Span id that stands for none; shared, never changed. */
export const zeroSpanId: Uint8Array = new Uint8Array(spanIdLength)
