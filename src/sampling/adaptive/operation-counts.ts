/** Root spans that were seen, by what they tell of why they were kept. */
export interface Amounts {
  /** Kept by a probability that the span itself tells. */
  readonly kept: number
  /** How many traces these stand for: the sum of 1 / probability. */
  readonly represented: number
  /** Kept, and nothing says by which probability. */
  readonly unmarked: number
  /** Kept whatever the probability was: for the lower bound, or because somebody forced them. */
  readonly forced: number
}

/** Root spans of one operation that were seen in one interval. */
export interface OperationCounts extends Amounts {
  readonly service: string
  /** Empty: those that have no row of their own, or no more than that the service asks for strategies. */
  readonly operation: string
  /** In how long they were seen; undefined: in the interval that is calculated. */
  readonly seconds?: number
}

/** What is known of an operation, and how much of it is to be kept. */
export interface OperationShare {
  readonly service: string
  /** Empty: of all operations that have none of their own. */
  readonly operation: string
  readonly probability: number
  /** Traces a second, kept or not, as far as is known. */
  readonly observedPerSecond: number
  /** Traces a second that were kept lately. */
  readonly keptPerSecond: number
}
