import type { SpanBatch } from '../../bridge/model/span-batch.ts'

/**
 * Where traces are kept for good: no retention and no bound of the store's spans removes them. The
 * contract is run as a test: test/conformance/archive-store.ts.
 *
 * The tenant ('' by default) leads every call; tenants never see each other. Every call that waits ends
 * with GatewayError 'cancelled' when its signal aborts.
 */
export interface ArchiveStore {
  /**
   * Keeps these spans, of any number of traces, beside those of the same traces that are kept already:
   * the same bytes twice are one span. Resolves only when they are durable; after a failure some may be
   * kept, and the call can be repeated.
   *
   * @throws GatewayError 'store_unavailable' naming the setting when the archive is full
   */
  write(tenant: string, batch: SpanBatch, signal: AbortSignal): Promise<void>
  /** The parts of one trace, each at most `tracePartBytesMax` unless one span is longer; nothing for an unknown id. */
  trace(tenant: string, traceId: Uint8Array, signal: AbortSignal): AsyncIterable<SpanBatch>
}
