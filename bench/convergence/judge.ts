import type { Minute } from './simulate.ts'
import type { SimulatedOperation } from './world.ts'
import { burstAt, burstSeconds, endAt, stepAt } from './world.ts'

/** How near an operation came to what it should keep. */
export interface Verdict {
  readonly operation: SimulatedOperation
  /** First minute from which on all means over five minutes, of steady rate, are within 30 %. */
  readonly convergedAfterMinutes: number
  /** Means over five minutes of steady rate that are further away, after 20 minutes of it. */
  readonly outside: number
  /** The worst of them, as a part of what it should be. */
  readonly worst: number
  /** Most minutes in a row with over three times the target, after the first twenty. */
  readonly minutesOver: number
}

const windowMinutes = 5
const settleMinutes = 20
/** Fewer traces than this in a window say nothing: chance alone moves them by more than 30 %. */
const tracesMin = 40

/** @param target traces a second */
export function judge(
  operation: SimulatedOperation,
  minutes: readonly Minute[],
  target: number,
): Verdict {
  let outside = 0
  let worst = 1
  let convergedAfterMinutes = 0
  const changes = [0, stepAt / 60, burstAt / 60, (burstAt + burstSeconds) / 60, endAt / 60]
  for (let end = windowMinutes; end <= minutes.length; end++) {
    const start = end - windowMinutes
    // A window with a change of the rate in it has no one rate that it should keep.
    if (operation.story !== 'steady' && changes.some((at) => at > start && at < end)) continue
    const window = minutes.slice(start, end)
    const traces = total(window, 'traces')
    if (traces < tracesMin) continue
    const seconds = windowMinutes * 60
    const wanted = Math.min(target * seconds, traces)
    const ratio = total(window, 'kept') / wanted
    if (Math.abs(ratio - 1) <= 0.3) continue
    if (start < settleMinutes) convergedAfterMinutes = Math.max(convergedAfterMinutes, start + 1)
    const last = changes.findLast((at) => at <= start) ?? 0
    const isSettled = start - (operation.story === 'steady' ? 0 : last) >= settleMinutes
    if (!isSettled) continue
    outside += 1
    if (Math.abs(Math.log(ratio)) > Math.abs(Math.log(worst))) worst = ratio
  }
  return {
    operation,
    convergedAfterMinutes,
    outside,
    worst,
    minutesOver: longestOver(minutes.slice(settleMinutes), target * 3 * 60),
  }
}

/**
 * For each minute the percentage of operations that kept, in the five minutes until then, what they
 * should; those with too few traces to tell are left out.
 */
export function sharesWithin(minutes: readonly (readonly Minute[])[], target: number): number[] {
  const count = Math.max(...minutes.map((ofOne) => ofOne.length))
  return Array.from({ length: count }, (_, end) => {
    const windows = minutes
      .map((ofOne) => ofOne.slice(Math.max(0, end - windowMinutes + 1), end + 1))
      .filter((window) => total(window, 'traces') >= tracesMin)
    const within = windows.filter((window) => {
      const wanted = Math.min(target * window.length * 60, total(window, 'traces'))
      return Math.abs(total(window, 'kept') / wanted - 1) <= 0.3
    })
    return (100 * within.length) / Math.max(1, windows.length)
  })
}

function total(minutes: readonly Minute[], of: keyof Minute): number {
  return minutes.reduce((sum, minute) => sum + (minute?.[of] ?? 0), 0)
}

function longestOver(minutes: readonly Minute[], kept: number): number {
  let longest = 0
  let current = 0
  for (const minute of minutes) {
    current = minute !== undefined && minute.kept > kept ? current + 1 : 0
    longest = Math.max(longest, current)
  }
  return longest
}
