/**
 * Why spans did not arrive; closed, so that it can be counted and tested.
 *
 * - `malformed`: an id is none; `too_large`: alone over `requestBytesMax`
 * - `rejected`: the gateway left them out and kept the others of their request
 * - `refused`: the request was refused for good
 * - `gave_up`: it could have been taken, but not within the limits of attempts and time
 * - `queue_full`: more than `queueBytesMax` were under way
 * - `shut_down`: exported after `shutdown`, or not sent within its time
 * - `internal`: a bug, whose message says more
 */
export const exportLossReasons = [
  'malformed',
  'too_large',
  'rejected',
  'refused',
  'gave_up',
  'queue_full',
  'shut_down',
  'internal',
] as const
/** One of `exportLossReasons`. */
export type ExportLossReason = (typeof exportLossReasons)[number]

/** Spans that did not arrive. */
export interface ExportLoss {
  readonly reason: ExportLossReason
  /** At least 1. */
  readonly spans: number
  /** For people: names the limit or the answer. */
  readonly message: string
}

/**
 * What became of all spans so far: exported = taken + pending + those of all losses.
 *
 * `refused`, `gave_up` and `shut_down` are spans that nobody confirmed; an attempt whose answer was lost
 * may have brought them.
 */
export interface ExportCounts {
  /** Handed to `export`. */
  readonly exported: number
  /** Confirmed by the gateway, those that it rejected not among them. */
  readonly taken: number
  readonly pending: number
  readonly lost: Readonly<Record<ExportLossReason, number>>
  /** Attributes that OTLP has no value for; their spans count them as dropped. */
  readonly lostAttributes: number
  /** Attempts that were not the first of their request. */
  readonly retries: number
}
