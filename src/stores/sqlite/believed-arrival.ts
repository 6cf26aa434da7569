import { hourEndUnixMs, hourOf } from './store-files.ts'

/** What a directory says of the clocks that its spans arrived by. */
export interface ArrivalFacts {
  /** Hours since the epoch that have files, ascending. */
  readonly hours: readonly number[]
  /** Newest arrival of all spans, ms since the epoch. */
  readonly newestUnixMs: number
  /** How long a clock must stay where it is before it is believed. */
  readonly graceMs: number
}

/** Files whose hours differ by this have over an hour without any arrival between them, or may have. */
const gapHours = 2

/**
 * The newest arrival whose clock can be believed, ms since the epoch.
 *
 * A machine whose clock is days ahead stores what arrives under that clock, and starts again with it:
 * the newest arrival alone would then look as if all were well, and everything older would expire at
 * once. So what arrived after a gap counts only once it has gone on for the grace: of the hours since
 * `newestUnixMs - graceMs` those before the first gap are believed. A service that was merely quiet,
 * or off, keeps its spans longer by the gap and the grace at most.
 *
 * After a gap that is longer than the grace, later hours do not vouch for those right after it if
 * there is another such gap between them: a clock may have been wrong twice, by different days. A
 * machine that is on for some hours every few days looks the same, and keeps its spans until it has
 * been on for the grace.
 */
export function believedArrivalUnixMs({ hours, newestUnixMs, graceMs }: ArrivalFacts): number {
  const newestHour = hourOf(newestUnixMs)
  const sinceUnixMs = newestUnixMs - graceMs
  for (let at = 1; at < hours.length; at++) {
    const [before, hour] = [hours[at - 1] as number, hours[at] as number]
    if (hour > newestHour) break
    if (hour - before < gapHours) continue
    const beganUnixMs = hourEndUnixMs({ hour: hour - 1 })
    const beforeUnixMs = hourEndUnixMs({ hour: before })
    if (beganUnixMs > sinceUnixMs) return beforeUnixMs
    const isLongGap = beganUnixMs - beforeUnixMs > graceMs
    if (isLongGap && stretchEndUnixMs(hours, at, graceMs) - beganUnixMs < graceMs) {
      return beforeUnixMs
    }
  }
  return newestUnixMs
}

/** Where the hours from one on end that have no gap between them which is longer than the grace. */
function stretchEndUnixMs(hours: readonly number[], from: number, graceMs: number): number {
  let endUnixMs = hourEndUnixMs({ hour: hours[from] as number })
  for (const hour of hours.slice(from + 1)) {
    if (hourEndUnixMs({ hour: hour - 1 }) - endUnixMs > graceMs) break
    endUnixMs = hourEndUnixMs({ hour })
  }
  return endUnixMs
}
