/** Bytes that grow by doubling, so that many short texts need no array each. */
export class GrowingBytes {
  #bytes: Uint8Array
  #length = 0

  constructor(capacity: number) {
    this.#bytes = new Uint8Array(capacity)
  }

  get length(): number {
    return this.#length
  }

  /** All bytes so far, in an array that may be longer; the next `add` may leave it behind. */
  get array(): Uint8Array {
    return this.#bytes
  }

  /** Forgets all bytes, and keeps their memory. */
  clear(): void {
    this.#length = 0
  }

  /** Adds bytes of another array and gives where they begin. */
  add(from: Uint8Array, start: number, end: number): number {
    const at = this.#length
    const needed = at + end - start
    if (needed > this.#bytes.length) {
      const grown = new Uint8Array(Math.max(needed, this.#bytes.length * 2))
      grown.set(this.#bytes.subarray(0, at))
      this.#bytes = grown
    }
    // For a short text a loop costs less than making a view of it.
    if (end - start > 64) this.#bytes.set(from.subarray(start, end), at)
    else
      for (let index = 0; index < end - start; index++)
        this.#bytes[at + index] = from[start + index] as number
    this.#length = needed
    return at
  }

  /** True when the bytes from `at` are the same as those of the other array. */
  isAt(at: number, other: Uint8Array, start: number, end: number): boolean {
    for (let index = 0; index < end - start; index++) {
      if (this.#bytes[at + index] !== other[start + index]) return false
    }
    return true
  }
}
