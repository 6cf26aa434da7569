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
  let kept = 0
  let seconds = 0
  for (let at = 0; at < newest.length; at++) {
    const one = newest[at] as Exposure
    kept += one.kept
    seconds += one.seconds
    let restKept = older.kept
    let restSeconds = older.seconds
    for (let later = newest.length - 1; later > at; later--) {
      const before = newest[later] as Exposure
      restKept += before.kept
      restSeconds += before.seconds
    }
    if (hasChanged(kept, seconds, restKept, restSeconds)) {
      return estimateOf(kept, seconds, believedPerSecond)
    }
  }
  return estimateOf(kept + older.kept, seconds + older.seconds, believedPerSecond)
}

function estimateOf(kept: number, seconds: number, believedPerSecond: number): RateEstimate {
  if (kept >= sureFrom) return { perSecond: kept / seconds, isSure: true }
  const priorSeconds = priorTraces / believedPerSecond
  return { perSecond: (kept + priorTraces) / (seconds + priorSeconds), isSure: false }
}

/** Whether the newer part is not what the older one lets expect; both are counts with their errors. */
function hasChanged(
  kept: number,
  seconds: number,
  olderKept: number,
  olderSeconds: number,
): boolean {
  if (seconds <= 0 || olderSeconds <= 0) return false
  const share = seconds / (seconds + olderSeconds)
  const all = kept + olderKept
  const deviation = Math.sqrt(all * share * (1 - share)) + 0.5
  return Math.abs(kept - all * share) > changeDeviations * deviation
}
