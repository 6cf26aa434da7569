/** Rows that are allocated together: growing copies nothing. */
const chunkShift = 12
const chunkMask = 2 ** chunkShift - 1

/** Rows of so many numbers each, four bytes a number, all 0 at first. */
export class NumberRows {
  readonly #stride: number
  readonly #chunks: Float32Array[] = []

  constructor(stride: number) {
    this.#stride = stride
  }

  /** Where the numbers of a row are, among those of others: from `startOf` the row on. Made where they are missing. */
  numbersOf(row: number): Float32Array {
    const index = row >>> chunkShift
    for (let at = this.#chunks.length; at <= index; at++) {
      this.#chunks.push(new Float32Array(this.#stride << chunkShift))
    }
    return this.#chunks[index] as Float32Array
  }

  startOf(row: number): number {
    return (row & chunkMask) * this.#stride
  }

  get(row: number, field: number): number {
    const chunk = this.#chunks[row >>> chunkShift]
    return chunk?.[(row & chunkMask) * this.#stride + field] ?? 0
  }

  /** Makes all numbers of a row 0. */
  clear(row: number): void {
    const start = this.startOf(row)
    this.#chunks[row >>> chunkShift]?.fill(0, start, start + this.#stride)
  }
}
