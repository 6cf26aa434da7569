/** How large a query text may be. */
export interface TextLimits {
  /** UTF-16 code units. */
  readonly textMax: number
  /** Brackets and signs inside each other. */
  readonly textDepthMax: number
  /** Braces in one query. */
  readonly spansetsMax: number
  /** Stages of one pipeline. */
  readonly stagesMax: number
  /** Values that one `select()` asks for. */
  readonly selectedMax: number
}

/** The limits unless others are asked for. */
export const textLimitDefaults: TextLimits = {
  textMax: 10_000,
  textDepthMax: 50,
  spansetsMax: 16,
  stagesMax: 16,
  selectedMax: 20,
}
