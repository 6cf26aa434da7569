import type { Rejected } from '../../bridge/model/span.ts'
import type { SpanBatch } from '../../bridge/model/span-batch.ts'

/** Where spans come in: the labels of the counters. */
export interface Source {
  /** For example `otlp_grpc`. */
  readonly receiver: string
  /** For example `otlp_proto`. */
  readonly format: string
}

/** A request that wants to bring spans. */
export interface Admission extends Source {
  /** Bytes that the request holds in memory, after decompression. */
  readonly sizeBytes: number
  /** The client's deadline, ms since the epoch; undefined when it gave none. */
  readonly deadlineUnixMs?: number
  readonly signal: AbortSignal
  /** What whoever received the request counts of these bytes already; admitting takes it over. */
  readonly held?: HeldBytes
}

/** Bytes that are counted as in flight by one part and can be handed to another. */
export interface HeldBytes {
  /** From now on the caller gives them back. @returns how many; 0 the second time */
  takeOver(): number
}

/** Decoded spans of one request. */
export interface Delivery {
  readonly tenant: string
  readonly batch: SpanBatch
  /** Spans that decoding had to refuse. */
  readonly rejected: readonly Rejected[]
}

/** A request that was let in; its bytes count as in flight until `release`. */
export interface Admitted {
  /**
   * Stores the spans and resolves when they are durable, with every refused one of the request
   * (decoding's and the store's). Counts received, stored, rejected and dropped.
   */
  store(delivery: Delivery, signal: AbortSignal): Promise<readonly Rejected[]>
  /** Gives the bytes back; safe to call twice. */
  release(): void
}

/** Takes spans from receivers. Filled by src/pipeline. */
export interface SpanSink {
  /**
   * Waits for room, but never past the deadline.
   *
   * @throws GatewayError 'overloaded' with `retryAfterMs` when there is none
   */
  admit(admission: Admission): Promise<Admitted>
}
