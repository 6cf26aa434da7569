/** A 56-bit number, a rejection threshold or what is compared with it, as its upper 24 and lower 32 bits. */
export interface SamplingThreshold {
  readonly high: number
  readonly low: number
}

/**
 * Reads the rejection threshold `th` of the member `ot` of a W3C tracestate: 1 to 14 lower-case hex
 * digits, missing ones on the right are zeros. The first `ot` and the first `th` count.
 *
 * Source: OpenTelemetry specification, trace/tracestate-handling.md, Sampling Threshold.
 *
 * @returns undefined where there is none or it is not written like that
 */
export function samplingThresholdOf(traceState: string): SamplingThreshold | undefined {
  for (const member of traceState.split(',')) {
    const text = member.trim()
    if (!text.startsWith('ot=')) continue
    const part = text.slice(3).split(';').find(isThreshold)
    return part === undefined ? undefined : parseThreshold(part.slice(3))
  }
  return undefined
}

function isThreshold(part: string): boolean {
  return part.startsWith('th:')
}

/** The value of `th`; undefined where it is not written as the specification has it. */
export function parseThreshold(digits: string): SamplingThreshold | undefined {
  if (!/^[0-9a-f]{1,14}$/.test(digits)) return undefined
  return number56(digits.padEnd(14, '0'))
}

/** 14 hex digits as a number. */
export function number56(digits: string): SamplingThreshold {
  return {
    high: Number.parseInt(digits.slice(0, 6), 16),
    low: Number.parseInt(digits.slice(6), 16),
  }
}
