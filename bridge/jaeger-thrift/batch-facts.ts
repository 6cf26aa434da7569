/** What a client tells of itself with a batch. */
export interface BatchFacts {
  /** How many spans the batch holds, whatever becomes of them. */
  readonly spans: number
  /** Process tag `client-uuid`, cut at `clientUuidMax` bytes; undefined when there is none. */
  readonly clientUuid: string | undefined
  /** Number of the batch, counted by its client; undefined when it does not count. */
  readonly seqNo: number | undefined
  /** What the client lost before it could send, since it started; undefined when it does not say. */
  readonly stats: ClientStats | undefined
  /** Fields that are not in the contract, or have another type there; their values are lost. */
  readonly unknownFields: number
}

/**
 * Spans that a client lost itself, counted since it started.
 *
 * Source: jaeger-idl, thrift/jaeger.thrift, struct ClientStats.
 */
export interface ClientStats {
  readonly fullQueueDroppedSpans: number
  readonly tooLargeDroppedSpans: number
  readonly failedToEmitSpans: number
}

/** A UUID as text has 36 bytes, and clients write 16 hex digits. */
export const clientUuidMax = 64
