import type { TraceState } from '@opentelemetry/api'
import type { SamplingThreshold } from '../model/sampling-threshold.ts'
import { number56, parseThreshold } from '../model/sampling-threshold.ts'
import { otMemberKey, otMemberLettersMax } from '../propagation/ot-threshold.ts'

/** What OpenTelemetry's own member of a tracestate, `ot`, says about sampling. */
export interface OtMember {
  /** `th`: what was rejected so far. */
  readonly threshold: SamplingThreshold | undefined
  /** `rv`: what the trace is decided by, where that is not its id. */
  readonly randomness: SamplingThreshold | undefined
}

const nothing: OtMember = { threshold: undefined, randomness: undefined }

/**
 * Reads `ot`; what is not written as it must be is not there.
 *
 * Source: OpenTelemetry specification, trace/tracestate-handling.md.
 */
export function readOtMember(state: TraceState | undefined): OtMember {
  const text = state?.get(otMemberKey)
  if (text === undefined || text.length > otMemberLettersMax) return nothing
  const parts = text.split(';')
  return {
    threshold: partOf(parts, 'th:', parseThreshold),
    randomness: partOf(parts, 'rv:', (digits) =>
      /^[0-9a-f]{14}$/.test(digits) ? number56(digits) : undefined,
    ),
  }
}

function partOf(
  parts: readonly string[],
  name: string,
  parse: (digits: string) => SamplingThreshold | undefined,
): SamplingThreshold | undefined {
  const part = parts.find((one) => one.startsWith(name))
  return part === undefined ? undefined : parse(part.slice(name.length))
}
