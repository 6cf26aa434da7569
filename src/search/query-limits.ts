/** How large a query may be; each has a name in the settings. */
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

/** What the settings say when nobody changed them. */
export const queryLimitDefaults: QueryLimits = {
  filterDepthMax: 20,
  filterTermsMax: 1000,
  listMax: 1000,
  textMax: 65_536,
  regexMax: 1000,
  regexProgramMax: 10_000,
  tracesMax: 10_000,
}

/** The setting of each limit, named in the error of a query that is over it. */
export const queryLimitSettings: Readonly<Record<keyof QueryLimits, string>> = {
  filterDepthMax: 'search.filter-depth-max',
  filterTermsMax: 'search.filter-terms-max',
  listMax: 'search.list-max',
  textMax: 'search.text-max',
  regexMax: 'search.regex-max',
  regexProgramMax: 'search.regex-program-max',
  tracesMax: 'search.traces-max',
}
