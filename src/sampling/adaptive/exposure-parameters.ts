import type { TableLimits } from './operation-table.ts'

/** What adaptive sampling aims at, and how fast. */
export interface ExposureParameters extends TableLimits {
  /** Traces a second that are to be kept of each operation, of all its processes together. */
  readonly targetPerSecond: number
  /** How often probabilities are calculated, s. */
  readonly intervalSeconds: number
  /** How long it takes until every client has asked for new probabilities, s. */
  readonly pollSeconds: number
  /** A rate that differs from the target by a smaller part than this is left alone. */
  readonly tolerance: number
  /** So many of the newest intervals count, 1 to 4; 0: all, half as much after each `halfLife`. */
  readonly buckets: number
  /** Of operations that nothing is known of. */
  readonly initialProbability: number
  readonly minProbability: number
  /** Of operations that are not known yet, at most; it grows while none of them is seen. */
  readonly unknownProbabilityMax: number
  /** Without a span for so long an operation is forgotten, s. */
  readonly forgetSeconds: number
}
