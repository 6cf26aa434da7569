/** What became of a span that was not confirmed. */
export interface DroppedSpan {
  /** The error code, as the metric of dropped spans has it. */
  readonly reason: string
  /** ms since the epoch. */
  readonly unixMs: number
}

/** Tells of spans that came and were not confirmed. */
export interface DroppedSpansView {
  /** Undefined for a span that nobody remembers; one that came again since may be stored. */
  find(tenant: string, traceId: Uint8Array, spanId: Uint8Array): DroppedSpan | undefined
}
