/**
 * The time of arrival that spans are given from where none is kept, ms since the epoch: so late that each
 * stands at its own start.
 */
export const noArrivalUnixMs = Math.floor(Number.MAX_SAFE_INTEGER / 1000) - 3_600_000

/** The limits of requests do not hold for what was stored. */
export const noLimits = {
  spanBytesMax: Number.POSITIVE_INFINITY,
  resourceBytesMax: Number.POSITIVE_INFINITY,
  itemsMax: Number.POSITIVE_INFINITY,
}
