import type { SamplingThreshold } from '../model/sampling-threshold.ts'
import { number56 } from '../model/sampling-threshold.ts'

const twoTo24 = 2 ** 24
const twoTo32 = 2 ** 32
const twoTo56 = 2 ** 56

/**
 * The threshold below which a share rejects: (1 - share) * 2^56, in all its 56 bits, so that two programs with
 * one share decide alike. Undefined for a share under 2^-57, which keeps nothing.
 *
 * Source: OpenTelemetry specification, trace/tracestate-probability-sampling.md, Algorithms.
 *
 * @param probability 0 to 1
 */
export function thresholdOf(probability: number): SamplingThreshold | undefined {
  // Exact: a factor that is a power of two, and halves as `Math.round` has them.
  const kept = Math.round(probability * twoTo56)
  if (kept === 0) return undefined
  const keptHigh = Math.floor(kept / twoTo32)
  const keptLow = kept - keptHigh * twoTo32
  return keptLow === 0
    ? { high: twoTo24 - keptHigh, low: 0 }
    : { high: twoTo24 - keptHigh - 1, low: twoTo32 - keptLow }
}

/** A threshold as `th` has it: without the zeros at its end, `0` for one that rejects nothing. */
export function thresholdDigits({ high, low }: SamplingThreshold): string {
  const digits = high.toString(16).padStart(6, '0') + low.toString(16).padStart(8, '0')
  return digits.replace(/0+$/, '') || '0'
}

/**
 * What a trace is decided by where it has no `rv`: the last 56 bits of its id, which W3C's level 2 wants
 * random.
 *
 * @param traceId 32 hex digits
 */
export function randomnessOf(traceId: string): SamplingThreshold {
  return number56(traceId.slice(-14))
}

/** Whether a trace is kept: its randomness reaches the threshold. */
export function isKept(randomness: SamplingThreshold, threshold: SamplingThreshold): boolean {
  return randomness.high === threshold.high
    ? randomness.low >= threshold.low
    : randomness.high > threshold.high
}
