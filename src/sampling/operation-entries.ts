/** One of `operation_strategies`. */
export interface OperationEntry {
  readonly operation: string
  readonly probability: number
  /** Of its service's entry, and its own place there. */
  readonly serviceIndex: number | undefined
  readonly index: number
}

/** The same without its service. */
export type NewOperation = Omit<OperationEntry, 'serviceIndex'>

/**
 * Operations of one service: 16 bytes each and the letters of their names, so that a document may have a million of
 * them. Objects are made of them when somebody asks.
 */
export class OperationEntries {
  readonly #names: Buffer
  /** Where each name ends. */
  readonly #ends: Uint32Array
  readonly #probabilities: Float64Array
  readonly #indexes: Uint32Array

  constructor(operations: readonly NewOperation[]) {
    this.#names = Buffer.from(operations.map(({ operation }) => operation).join(''), 'utf8')
    let end = 0
    this.#ends = Uint32Array.from(operations, ({ operation }) => {
      end += Buffer.byteLength(operation, 'utf8')
      return end
    })
    this.#probabilities = Float64Array.from(operations, ({ probability }) => probability)
    this.#indexes = Uint32Array.from(operations, ({ index }) => index)
  }

  get count(): number {
    return this.#ends.length
  }

  /** @param serviceIndex of the service's entry */
  list(serviceIndex: number | undefined): readonly OperationEntry[] {
    let start = 0
    return Array.from(this.#ends, (end, at) => {
      const operation = this.#names.toString('utf8', start, end)
      start = end
      const probability = this.#probabilities[at] as number
      return { operation, probability, serviceIndex, index: this.#indexes[at] as number }
    })
  }
}
