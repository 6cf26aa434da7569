import type { Logger } from 'pino'
import type { Rejected } from '../../bridge/model/span.ts'
import { spanCount } from '../../bridge/model/span-batch.ts'
import { GatewayError } from '../errors/gateway-error.ts'
import type { Admission, Admitted, Delivery, SpanSink } from '../ports/span-sink.ts'
import type { SpanStore } from '../ports/span-store.ts'
import type { Metrics } from '../telemetry/metrics.ts'
import { ByteBudget } from './byte-budget.ts'
import type { DroppedSpans } from './dropped-spans.ts'

/** What the pipeline is made of. */
export interface SpanPipelineOptions {
  readonly store: Pick<SpanStore, 'write'>
  /** The bound of the process, shared with the listeners. */
  readonly budget: ByteBudget
  readonly metrics: Metrics
  readonly logger: Logger
  /** Told of spans that are dropped. */
  readonly dropped?: Pick<DroppedSpans, 'note'>
  /** What a client is told to wait when the store fails; 1 s by default. */
  readonly retryAfterMs?: number
}

/** What may be decoded or at the store at a time, of the bound; 16 MiB at least. */
const storeShare = 1 / 8
const storeBytesMin = 16 * 1024 * 1024

/**
 * From receivers to the store: acknowledged means stored (docs/adr/0002-acknowledged-means-stored.md).
 *
 * A request waits for its own commit, and the store groups the commits. The store gets no more at a
 * time than it can make use of: a request that it has is in memory about three times (as it came,
 * its index, and what the writing thread was given), one that waits here only once.
 * Every span is counted once: received when its batch is handed over, then exactly one of stored,
 * rejected (it is bad) or dropped (the store failed or the client left; its sender knows or asks
 * again). Until then it is in flight.
 */
export function createSpanPipeline(options: SpanPipelineOptions): SpanSink {
  const atStore = new ByteBudget({
    boundBytes: Math.max(options.budget.boundBytes * storeShare, storeBytesMin),
    waitMs: Number.POSITIVE_INFINITY,
  })
  return {
    async admit(admission) {
      const takenBytes = admission.held?.takeOver() ?? 0
      const missingBytes = Math.max(0, admission.sizeBytes - takenBytes)
      const atStoreBytes = Math.min(admission.sizeBytes, atStore.boundBytes)
      const { deadlineUnixMs, signal } = admission
      let heldBytes = takenBytes
      try {
        await options.budget.acquire({ sizeBytes: missingBytes, deadlineUnixMs, signal })
        heldBytes += missingBytes
        await atStore.acquire({ sizeBytes: atStoreBytes, deadlineUnixMs, signal })
      } catch (error) {
        options.budget.give(heldBytes)
        throw error
      }
      return admitted(options, admission, () => {
        atStore.give(atStoreBytes)
        options.budget.give(heldBytes)
      })
    },
  }
}

function admitted(
  options: SpanPipelineOptions,
  admission: Admission,
  release: () => void,
): Admitted {
  let isReleased = false
  return {
    store: (delivery, signal) => storeAndCount(options, admission, delivery, signal),
    release: () => {
      if (!isReleased) release()
      isReleased = true
    },
  }
}

async function storeAndCount(
  options: SpanPipelineOptions,
  admission: Admission,
  delivery: Delivery,
  signal: AbortSignal,
): Promise<readonly Rejected[]> {
  const { metrics } = options
  const { receiver, format } = admission
  const source = { receiver, format }
  const decoded = spanCount(delivery.batch)
  metrics.add('spangate_spans_received_total', decoded + delivery.rejected.length, source)
  countRejected(metrics, source, delivery.rejected)
  if (decoded === 0) return delivery.rejected
  metrics.add('spangate_spans_in_flight', decoded, source)
  const startedMs = performance.now()
  let outcome = 'failed'
  try {
    const { rejected } = await options.store.write(delivery.tenant, delivery.batch, signal)
    outcome = 'stored'
    metrics.add('spangate_spans_stored_total', decoded - rejected.length, source)
    countRejected(metrics, source, rejected)
    return rejected.length === 0 ? delivery.rejected : [...delivery.rejected, ...rejected]
  } catch (error) {
    const failure = asFailure(error, signal, options.retryAfterMs ?? 1000)
    const reason = failure instanceof GatewayError ? failure.code : 'internal'
    metrics.add('spangate_spans_dropped_total', decoded, { ...source, reason })
    options.dropped?.note(delivery.tenant, delivery.batch, reason)
    options.logger.warn({ err: error, ...source, reason, spans: decoded }, 'spans dropped')
    throw failure
  } finally {
    metrics.add('spangate_spans_in_flight', -decoded, source)
    const seconds = (performance.now() - startedMs) / 1000
    metrics.record('spangate_store_write_seconds', seconds, { receiver, outcome })
  }
}

/**
 * What the receiver is told. A store that is away says when to come back; one that fails in a way
 * that it does not name has a bug, which stays one.
 */
function asFailure(error: unknown, signal: AbortSignal, retryAfterMs: number): unknown {
  if (signal.aborted && signal.reason instanceof GatewayError) return signal.reason
  if (!(error instanceof GatewayError)) return error
  if (!error.retryable || error.retryAfterMs !== undefined) return error
  return new GatewayError(error.code, error.message, {
    retryable: true,
    retryAfterMs,
    cause: error,
    ...(error.field === undefined ? {} : { field: error.field }),
  })
}

function countRejected(
  metrics: Metrics,
  source: { readonly receiver: string; readonly format: string },
  rejected: readonly Rejected[],
): void {
  if (rejected.length === 0) return
  const counts = new Map<string, number>()
  for (const { reason } of rejected) counts.set(reason, (counts.get(reason) ?? 0) + 1)
  for (const [reason, count] of counts) {
    metrics.add('spangate_spans_rejected_total', count, { ...source, reason })
  }
}
