/** How shares are adapted. */
export interface AdaptiveParameters {
  /** Traces a second of each operation that are aimed at, of all its processes together. */
  readonly targetPerSecond: number
  /** A rate that is nearer to the target than this part of it changes nothing. */
  readonly tolerance: number
  /** How often shares are calculated, and how long a bucket of counts is. */
  readonly intervalMs: number
  /** A bucket counts once it has ended so long ago. */
  readonly delayMs: number
  /** So many of the newest of them count, each one less than the next. */
  readonly buckets: number
  /** Of an operation that has not been seen. */
  readonly initialProbability: number
  readonly minProbability: number
  /** Traces a second of each operation and process that clients keep whatever the share. */
  readonly minPerSecond: number
}
