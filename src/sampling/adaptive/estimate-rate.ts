/** Kept traces of a span of time, and the seconds of sampling with probability 1 that it is worth. */
export interface Exposure {
  readonly kept: number
  readonly seconds: number
}

/** A rate, and how far it is to be believed. */
export interface RateEstimate {
  /** Traces a second, kept or not. */
  readonly perSecond: number
  /** Whether so many were seen that a large step is no accident. */
  readonly isSure: boolean
}

/** With as many the error is about a fifth. */
const sureFrom = 25
/** Weight of what was believed before, in traces, while few were seen. */
const priorTraces = 5
/** So many standard deviations are no accident, for thousands of operations and intervals. */
const changeDeviations = 4.5

/**
 * The rate of an operation from what was kept of it: traces kept with probability p in t seconds are
 * Poisson with mean rate * p * t, so that the likeliest rate is all that was kept over all exposure,
 * whatever p was in between. What is old is left out where the newest part says that the rate is
 * another one now.
 *
 * @param newest spans of time, newest first, each as long as an interval
 * @param older what lies before them, weighted less the older it is
 * @param believedPerSecond rate that the current probability fits
 */
export function estimateRate(
  newest: readonly Exposure[],
  older: Exposure,
  believedPerSecond: number,
): RateEstimate {
  let seen: Exposure = { kept: 0, seconds: 0 }
  for (const [at, one] of newest.entries()) {
    seen = sum(seen, one)
    const rest = newest.slice(at + 1).reduce(sum, older)
    if (hasChanged(seen, rest)) return estimateOf(seen, believedPerSecond)
  }
  return estimateOf(sum(seen, older), believedPerSecond)
}

function estimateOf({ kept, seconds }: Exposure, believedPerSecond: number): RateEstimate {
  if (kept >= sureFrom) return { perSecond: kept / seconds, isSure: true }
  const priorSeconds = priorTraces / believedPerSecond
  return { perSecond: (kept + priorTraces) / (seconds + priorSeconds), isSure: false }
}

/** Whether the newer part is not what the older one lets expect; both are counts with their errors. */
function hasChanged(newer: Exposure, older: Exposure): boolean {
  if (newer.seconds <= 0 || older.seconds <= 0) return false
  const share = newer.seconds / (newer.seconds + older.seconds)
  const all = newer.kept + older.kept
  const deviation = Math.sqrt(all * share * (1 - share)) + 0.5
  return Math.abs(newer.kept - all * share) > changeDeviations * deviation
}

function sum(a: Exposure, b: Exposure): Exposure {
  return { kept: a.kept + b.kept, seconds: a.seconds + b.seconds }
}
