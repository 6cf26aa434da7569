/**
 * What of a program's calls is not recorded as it was meant; closed, so that it can be counted.
 *
 * - `foreign_context`: a span or context that another tracer made; as parent it is as none
 * - `unknown_format`, `bad_carrier`: inject or extract cannot work with it
 * - `bad_binary`: bytes that are no span context, or a part of one that the bytes have no place for
 * - `bad_argument`: what is no name, no tags, no reference or no fields of a log, or cannot be read; all else of the call counts
 * - `bad_time`: no number of ms since the epoch; the time of the call counts
 * - `late_kind`: `span.kind` after the start; kept as an attribute
 * - `late_sampling`: `sampling.priority` after the start cannot change what is recorded; kept as an attribute
 * - `after_finish`: a call on a span that is finished
 */
export const openTracingLossReasons = [
  'foreign_context',
  'unknown_format',
  'bad_carrier',
  'bad_binary',
  'bad_argument',
  'bad_time',
  'late_kind',
  'late_sampling',
  'after_finish',
] as const
/** One of `openTracingLossReasons`. */
export type OpenTracingLossReason = (typeof openTracingLossReasons)[number]

/** One thing that is not recorded as it was meant. */
export interface OpenTracingLoss {
  readonly reason: OpenTracingLossReason
  /** For people: the call and what is wrong with its argument. */
  readonly message: string
}

/** Counts losses and tells them. */
export interface OpenTracingLosses {
  add(reason: OpenTracingLossReason, message: string): void
  /** How many of each reason there were. */
  counts(): Readonly<Record<OpenTracingLossReason, number>>
}

/** No losses yet. @param onLoss told of each one; what it throws goes to the caller */
export function createOpenTracingLosses(
  onLoss: ((loss: OpenTracingLoss) => void) | undefined,
): OpenTracingLosses {
  const counts = Object.fromEntries(openTracingLossReasons.map((reason) => [reason, 0])) as Record<
    OpenTracingLossReason,
    number
  >
  return {
    add: (reason, message) => {
      counts[reason] += 1
      onLoss?.({ reason, message })
    },
    counts: () => ({ ...counts }),
  }
}
