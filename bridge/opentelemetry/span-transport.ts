/** Carries requests to a gateway, in whatever way; `src/client` has those over sockets. */
export interface SpanTransport {
  /**
   * Sends one ExportTraceServiceRequest and answers within its time or soon after the signal aborts.
   * Never throws for what the other side says or for a connection that fails: those are answers. The
   * bytes stay the caller's and do not change while it is under way.
   */
  send(request: Uint8Array, call: TransportCall): Promise<TransportAnswer>
  /** Closes connections; requests under way may fail. */
  close(): void | Promise<void>
}

/** How long one request may take. */
export interface TransportCall {
  readonly timeoutMs: number
  readonly signal: AbortSignal
}

/** What became of one request. */
export type TransportAnswer =
  | {
      readonly kind: 'taken'
      /** An encoded ExportTraceServiceResponse. */
      readonly response: Uint8Array
    }
  | Refusal

/** A request that was not taken, or of which nobody knows. */
export interface Refusal {
  readonly kind: 'refused'
  /** For people and logs, such as `UNAVAILABLE` or `HTTP 503`. */
  readonly code: string
  readonly message: string
  /** The same request may succeed later. */
  readonly isRetryable: boolean
  /** How long the other side asked to wait at least. */
  readonly retryAfterMs?: number
}
