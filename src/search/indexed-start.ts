/** What decides where a span stands in time. */
export interface StartTimes {
  /** The span's own start, whole µs since the epoch. */
  readonly startMicros: number
  /** When it reached us, ms since the epoch. */
  readonly arrivalUnixMs: number
  /** How long spans are kept after their arrival. */
  readonly retentionMs: number
}

/**
 * The start by which a span is searched and ordered, whole µs: its own start, or the nearer bound
 * of [arrival - retention, arrival + 1 h] when that is outside (docs/adr/0003-span-identity.md).
 * The start was moved, and the store marks it so, when the answer is not `startMicros`.
 */
export function indexedStartMicros(times: StartTimes): number {
  const earliest = Math.max(0, (times.arrivalUnixMs - times.retentionMs) * 1000)
  const latest = (times.arrivalUnixMs + aheadMaxMs) * 1000
  return Math.min(Math.max(times.startMicros, earliest), latest)
}

/** How far ahead of its arrival a span may start before its clock is taken to be wrong. */
export const aheadMaxMs = 3_600_000
