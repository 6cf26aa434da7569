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
 * once. So a newest run of hours, which begins after a gap, counts only when it has lasted for the
 * grace; before that the run before it does. A service that was merely quiet, or off, keeps its
 * spans longer by the gap and the run at most.
 */
export function believedArrivalUnixMs({ hours, newestUnixMs, graceMs }: ArrivalFacts): number {
  let first = hours.findLastIndex((hour) => hour <= hourOf(newestUnixMs))
  while (first > 0 && hourBefore(hours, first) > (hours[first] as number) - gapHours) first -= 1
  if (first <= 0) return newestUnixMs
  const lastedMs = newestUnixMs - hourEndUnixMs({ hour: (hours[first] as number) - 1 })
  if (lastedMs >= graceMs) return newestUnixMs
  return hourEndUnixMs({ hour: hourBefore(hours, first) })
}

function hourBefore(hours: readonly number[], at: number): number {
  return hours[at - 1] as number
}
