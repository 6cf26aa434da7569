/** Root spans of one operation that were observed in one interval, of all receivers together. */
export interface OperationThroughput {
  readonly service: string
  /** Empty in a row that says no more than that the service asks for strategies. */
  readonly operation: string
  /** Kept by a probability that the span itself tells. */
  readonly kept: number
  /** How many traces these stand for: the sum of 1 / probability. */
  readonly represented: number
  /** Kept, and nothing says by which probability. */
  readonly unmarked: number
  /** Kept whatever the probability was: for the lower bound, or because somebody forced them. */
  readonly forced: number
}
