/** How large a query may be. */
export interface QueryLimits {
  /** Calls inside calls, the filter itself counted. */
  readonly filterDepthMax: number
  /** Terms of the whole tree, list elements not counted. */
  readonly filterTermsMax: number
  /** Elements of one list. */
  readonly listMax: number
  /** UTF-16 code units of one key, text constant or list element. */
  readonly textMax: number
  /** UTF-16 code units of one regular expression. */
  readonly regexMax: number
  /** Instructions that one regular expression compiles to. */
  readonly regexProgramMax: number
  /** Traces that one search may ask for. */
  readonly tracesMax: number
}

/** The limits unless others are asked for; the depth is that of jaeger-idl. */
export const queryLimitDefaults: QueryLimits = {
  filterDepthMax: 20,
  filterTermsMax: 1000,
  listMax: 1000,
  textMax: 65_536,
  regexMax: 1000,
  regexProgramMax: 2000,
  tracesMax: 10_000,
}

/**
 * UTF-16 code units of a value that a regular expression sees; what is behind them is not looked
 * at. Time is the product of this and the program's size, and nothing can stop a match half-way.
 */
export const regexSubjectMax = 65_536
