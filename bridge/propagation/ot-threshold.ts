import type { TraceState } from '@opentelemetry/api'
import { otelTraceState } from './otel-trace-state.ts'

/** OpenTelemetry's own member of a tracestate. */
export const otMemberKey = 'ot'
/** A value of a tracestate is at most so long. */
export const otMemberLettersMax = 256

/** True when it says below which threshold spans were rejected, `th`, rightly written or not. */
export function hasThreshold(state: TraceState | undefined): boolean {
  return /(?:^|;)th:/.test(state?.get(otMemberKey) ?? '')
}

/**
 * The same tracestate with another `th`, or without one; `rv` and what others wrote into `ot` stay.
 *
 * @param digits as `thresholdDigits` gives them
 */
export function withThreshold(
  state: TraceState | undefined,
  digits: string | undefined,
): TraceState {
  const before = state ?? otelTraceState('')
  const others = (before.get(otMemberKey) ?? '').split(';').filter((part) => {
    return part !== '' && !part.startsWith('th:')
  })
  const parts = digits === undefined ? others : [`th:${digits}`, ...others]
  const text = parts.join(';')
  return text === '' || text.length > otMemberLettersMax
    ? before.unset(otMemberKey)
    : before.set(otMemberKey, text)
}
