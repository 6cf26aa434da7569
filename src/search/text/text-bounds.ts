/** What a search by text may cost, besides what its searches in the store may. */
export interface TextSearchBounds {
  /** Traces that are read to see whether they match; at most what the store finds at once. */
  readonly candidatesMax: number
  /** Spans of one trace that are looked at. */
  readonly traceSpansMax: number
  /** Bytes of them: they are held until the trace was looked at. */
  readonly traceBytesMax: number
  readonly timeMaxMs: number
}

/** The settings of the bounds, named in the end of an answer that stopped there. */
export const candidatesSetting = 'search.max-candidates'
/** The setting of `traceSpansMax`. */
export const traceSpansSetting = 'search.max-trace-spans'
/** The setting of `traceBytesMax`. */
export const traceBytesSetting = 'search.max-trace-bytes'
/** The setting of `timeMaxMs`. */
export const timeSetting = 'search.max-time'

/** The bounds unless others are asked for. */
export const textSearchBoundDefaults: TextSearchBounds = {
  candidatesMax: 10_000,
  traceSpansMax: 100_000,
  traceBytesMax: 64 * 1024 ** 2,
  timeMaxMs: 30_000,
}
