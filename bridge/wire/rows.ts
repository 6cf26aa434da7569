/**
 * Rows of a few numbers each: what a walk over a message notes of its tags, logs and references, as
 * objects for each of them would cost more than the walk. Used again for every span.
 */
export class Rows {
  /** `stride` numbers for each row; another array once more rows come than fit. */
  numbers: Int32Array
  /** How many rows there are. */
  count = 0
  readonly #stride: number
  #unknown: Map<number, Uint8Array> | undefined

  constructor(stride: number) {
    this.#stride = stride
    this.numbers = new Int32Array(32 * stride)
  }

  /** Forgets all rows. */
  clear(): void {
    this.count = 0
    this.#unknown = undefined
    if (this.numbers.length > keptNumbersMax) this.numbers = new Int32Array(32 * this.#stride)
  }

  /** Makes one more row and gives where its numbers begin; they hold what they held before. */
  add(): number {
    const at = this.count * this.#stride
    if (at === this.numbers.length) {
      const grown = new Int32Array(at * 2)
      grown.set(this.numbers)
      this.numbers = grown
    }
    this.count += 1
    return at
  }

  /** Fields of a row's message that its reader did not know, as fields of its OTLP counterpart. */
  unknownOf(row: number): Uint8Array | undefined {
    return this.#unknown?.get(row)
  }

  /** Keeps such fields, if there are any. */
  setUnknown(row: number, fields: Uint8Array | undefined): void {
    if (fields === undefined) return
    this.#unknown ??= new Map()
    this.#unknown.set(row, fields)
  }

  /** True when any row has such fields. */
  get hasUnknown(): boolean {
    return this.#unknown !== undefined
  }
}

/** More than this is given back after an unusual span. */
const keptNumbersMax = 16 * 1024
