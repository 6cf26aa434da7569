/**
 * Where the parts of one field lie that came in several pieces: a message given twice (protobuf
 * merges it, which is the same as joining its bytes) or the unknown fields of a message.
 */
export class Slices {
  readonly #ends: number[] = []
  /** Bytes in all pieces. */
  sizeBytes = 0

  /** How many pieces; ones that touch are one. */
  get count(): number {
    return this.#ends.length / 2
  }

  /** Where the first piece starts; 0 without any. */
  get offset(): number {
    return this.#ends[0] ?? 0
  }

  /** Adds the bytes from `start` to `end`, behind all that were added. */
  add(start: number, end: number): void {
    if (start === end) return
    this.sizeBytes += end - start
    const last = this.#ends.length - 1
    if (this.#ends[last] === start) this.#ends[last] = end
    else this.#ends.push(start, end)
  }

  /** All pieces as one: a view where there is only one, else a copy. */
  join(bytes: Uint8Array): Uint8Array {
    if (this.count === 1) return bytes.subarray(this.offset, this.offset + this.sizeBytes)
    const joined = new Uint8Array(this.sizeBytes)
    let at = 0
    for (let index = 0; index < this.#ends.length; index += 2) {
      const piece = bytes.subarray(this.#ends[index], this.#ends[index + 1])
      joined.set(piece, at)
      at += piece.length
    }
    return joined
  }
}
