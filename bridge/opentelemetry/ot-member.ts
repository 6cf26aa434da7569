import type { TraceState } from '@opentelemetry/api'
import type { SamplingThreshold } from '../model/sampling-threshold.ts'
import { number56, parseThreshold } from '../model/sampling-threshold.ts'
import { otelTraceState } from '../propagation/otel-trace-state.ts'

/** What OpenTelemetry's own member of a tracestate, `ot`, says about sampling. */
export interface OtMember {
  /** `th`: what was rejected so far. */
  readonly threshold: SamplingThreshold | undefined
  /** `rv`: what the trace is decided by, where that is not its id. */
  readonly randomness: SamplingThreshold | undefined
}

const key = 'ot'
const lettersMax = 256
const nothing: OtMember = { threshold: undefined, randomness: undefined }

/**
 * Reads `ot`; what is not written as it must be is not there.
 *
 * Source: OpenTelemetry specification, trace/tracestate-handling.md.
 */
export function readOtMember(state: TraceState | undefined): OtMember {
  const text = state?.get(key)
  if (text === undefined || text.length > lettersMax) return nothing
  const parts = text.split(';')
  return {
    threshold: partOf(parts, 'th:', parseThreshold),
    randomness: partOf(parts, 'rv:', (digits) =>
      /^[0-9a-f]{14}$/.test(digits) ? number56(digits) : undefined,
    ),
  }
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
  const others = (before.get(key) ?? '').split(';').filter((part) => {
    return part !== '' && !part.startsWith('th:')
  })
  const parts = digits === undefined ? others : [`th:${digits}`, ...others]
  const text = parts.join(';')
  return text === '' || text.length > lettersMax ? before.unset(key) : before.set(key, text)
}

function partOf(
  parts: readonly string[],
  name: string,
  parse: (digits: string) => SamplingThreshold | undefined,
): SamplingThreshold | undefined {
  const part = parts.find((one) => one.startsWith(name))
  return part === undefined ? undefined : parse(part.slice(name.length))
}
