/**
 * The time at which spans arrive, ms since the epoch, whole: the wall clock, held still while it
 * runs backwards, so that a later request never seems to have come before an earlier one
 * (docs/adr/0003-span-identity.md).
 */
export function createArrivalClock(wallClock: () => number = Date.now): () => number {
  let latest = Number.NEGATIVE_INFINITY
  return () => {
    latest = Math.max(latest, Math.floor(wallClock()))
    return latest
  }
}
