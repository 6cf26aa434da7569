/** How a read ended. */
export interface ReadAnswer {
  readonly durationMs: number
  /** What is wrong with the answer; undefined when nothing is. */
  readonly fault: string | undefined
}

/** A kind of read: each time something else is asked for, as far as its kind has something else. */
export interface Read {
  readonly name: string
  ask(): Promise<ReadAnswer>
}
