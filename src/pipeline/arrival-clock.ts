/** The two clocks of a process; injected where a test moves them. */
export interface ArrivalClocks {
  /** Wall clock, ms since the epoch; may jump. */
  nowUnixMs(): number
  /** Ms since any moment; never jumps. */
  monotonicMs(): number
}

const systemClocks: ArrivalClocks = {
  nowUnixMs: () => Date.now(),
  monotonicMs: () => performance.now(),
}

/** A larger step back against the monotonic clock is followed: what was before it was wrong. */
export const stepBackMsMax = 3_600_000

/**
 * The time at which spans arrive, ms since the epoch, whole: the wall clock, held still while it is
 * behind where it was by up to an hour, so that a later request never seems to have come before an
 * earlier one. A clock that was set back by more was wrong before, and is followed
 * (docs/adr/0009-clocks-that-come-back.md).
 */
export function createArrivalClock(clocks: ArrivalClocks = systemClocks): () => number {
  let latest = Number.NEGATIVE_INFINITY
  /** Where the monotonic clock stood then. */
  let latestAtMs = 0
  return () => {
    const now = Math.floor(clocks.nowUnixMs())
    const monotonicMs = clocks.monotonicMs()
    const behindMs = latest + (monotonicMs - latestAtMs) - now
    if (now >= latest || behindMs > stepBackMsMax) {
      latest = now
      latestAtMs = monotonicMs
    }
    return latest
  }
}
