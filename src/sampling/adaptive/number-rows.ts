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

  /** The numbers of a row; they stay the row's. Made where they are missing. */
  row(row: number): Float32Array {
    const index = row >>> chunkShift
    let chunk = this.#chunks[index]
    if (chunk === undefined) {
      for (let at = this.#chunks.length; at <= index; at++) {
        this.#chunks.push(new Float32Array(this.#stride << chunkShift))
      }
      chunk = this.#chunks[index] as Float32Array
    }
    const at = (row & chunkMask) * this.#stride
    return chunk.subarray(at, at + this.#stride)
  }

  get(row: number, field: number): number {
    const chunk = this.#chunks[row >>> chunkShift]
    return chunk?.[(row & chunkMask) * this.#stride + field] ?? 0
  }

  set(row: number, field: number, value: number): void {
    const chunk = this.#chunks[row >>> chunkShift]
    if (chunk === undefined) this.row(row)[field] = value
    else chunk[(row & chunkMask) * this.#stride + field] = value
  }
}
