import { checkedLimits } from './checked-limits.ts'
import type { RequestLimits } from './encode-requests.ts'
import type { RetryLimits } from './send-request.ts'

/** Every bound of an exporter. */
export interface ExporterLimits extends RequestLimits, RetryLimits {
  /** Bytes of requests that wait or are under way; past it spans are lost as `queue_full`. */
  readonly queueBytesMax: number
  /** Requests that are under way at a time. */
  readonly concurrentMax: number
  /** How long `shutdown` waits for what is under way. */
  readonly shutdownTimeoutMs: number
}

/**
 * The limits unless others are asked for. All attempts together end before the SDK's batch processor
 * gives an export up (30 s), so that it hears why; one takes as long as OTLP exporters have by default
 * (10 s).
 */
export const defaultExporterLimits: ExporterLimits = {
  requestBytesMax: 4 * 1024 * 1024,
  requestSpansMax: 2048,
  queueBytesMax: 64 * 1024 * 1024,
  concurrentMax: 8,
  attemptsMax: 6,
  attemptTimeoutMs: 10_000,
  totalTimeoutMs: 25_000,
  backoffMs: 500,
  backoffMaxMs: 5_000,
  shutdownTimeoutMs: 10_000,
}

/**
 * The defaults with what differs.
 *
 * @throws RangeError as `checkedLimits`
 */
export function exporterLimits(limits?: Partial<ExporterLimits>): ExporterLimits {
  return checkedLimits('exporter', defaultExporterLimits, limits)
}
