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
 * or off, keeps its spans longer by the gap and the grace at most. A clock that was wrong twice, by
 * amounts that are further apart than the grace, is believed for the first.
 */
export function believedArrivalUnixMs({ hours, newestUnixMs, graceMs }: ArrivalFacts): number {
  const newestHour = hourOf(newestUnixMs)
  const sinceUnixMs = newestUnixMs - graceMs
  for (let at = 1; at < hours.length; at++) {
    const [before, hour] = [hours[at - 1] as number, hours[at] as number]
    if (hour > newestHour) break
    const beganUnixMs = hourEndUnixMs({ hour: hour - 1 })
    if (hour - before >= gapHours && beganUnixMs > sinceUnixMs)
      return hourEndUnixMs({ hour: before })
  }
  return newestUnixMs
}
