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
    const at = this.#reserve(this.#length, end - start)
    // For a short text a loop costs less than making a view of it.
    if (end - start > 64) this.#bytes.set(from.subarray(start, end), at)
    else
      for (let index = 0; index < end - start; index++)
        this.#bytes[at + index] = from[start + index] as number
    return at
  }

  /**
   * Adds a long run of bytes and gives where it begins; up to seven bytes before it mean nothing. V8
   * copies between shared and other memory byte by byte, a sixth as fast, unless both places are as
   * far from a whole word.
   */
  addAligned(from: Uint8Array, start: number, end: number): number {
    const unaligned = (from.byteOffset + start - this.#length) & 7
    const at = this.#reserve(this.#length + unaligned, end - start)
    this.#bytes.set(from.subarray(start, end), at)
    return at
  }

  /** Makes room for so many bytes at a place, up to which the array is taken then. */
  #reserve(at: number, count: number): number {
    const needed = at + count
    if (needed > this.#bytes.length) {
      const grown = new Uint8Array(Math.max(needed, this.#bytes.length * 2))
      grown.set(this.#bytes.subarray(0, this.#length))
      this.#bytes = grown
    }
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
