/**
 * The part of a stream that is looked at: it grows by what is read and begins behind what was taken.
 * Positions count from its begin.
 */
export class ByteWindow {
  readonly #source: AsyncIterator<Uint8Array>
  #buffer = Buffer.alloc(0)
  #start = 0
  #end = 0
  #isOver = false
  /** Where the window begins in the stream, in bytes. */
  offset = 0
  /** Why the stream could not be read on; to the window it ends there. */
  failure: unknown

  constructor(source: AsyncIterable<Uint8Array>) {
    this.#source = source[Symbol.asyncIterator]()
  }

  /** What is there, as a view that is good until `more` or `take`. */
  get bytes(): Buffer {
    return this.#buffer.subarray(this.#start, this.#end)
  }

  /** How many bytes are there. */
  get length(): number {
    return this.#end - this.#start
  }

  /**
   * Reads on.
   *
   * @returns false at the end of the stream, also where that broke off
   * @throws what the source throws before it gave a byte
   */
  async more(): Promise<boolean> {
    while (!this.#isOver) {
      const { done, value } = await this.#next()
      if (done === true) this.#isOver = true
      else if (value.length > 0) {
        this.#append(value)
        return true
      }
    }
    return false
  }

  /** Reads until so many bytes are there. @returns false when the stream ends before */
  async need(length: number): Promise<boolean> {
    while (this.length < length) if (!(await this.more())) return false
    return true
  }

  /** Begins behind these bytes. */
  skip(length: number): void {
    this.#start += length
    this.offset += length
  }

  /** Goes behind so many bytes of the stream, which need not be there yet. @returns false at its end */
  async pass(length: number): Promise<boolean> {
    let left = length
    while (left > this.length) {
      left -= this.length
      this.skip(this.length)
      if (!(await this.more())) return false
    }
    this.skip(left)
    return true
  }

  /** A copy of the first bytes, behind which the window begins then. */
  take(length: number): Uint8Array {
    const taken = new Uint8Array(this.bytes.subarray(0, length))
    this.skip(length)
    return taken
  }

  /** Begins again before the bytes that were taken or skipped last, if nothing was read since. */
  goBack(length: number): void {
    this.#start -= length
    this.offset -= length
  }

  /** Ends reading: the source is asked for nothing more. */
  async close(): Promise<void> {
    this.#isOver = true
    await this.#source.return?.()
  }

  async #next(): Promise<IteratorResult<Uint8Array>> {
    try {
      return await this.#source.next()
    } catch (error) {
      if (this.offset + this.length === 0) throw error
      this.failure = error
      return { done: true, value: undefined }
    }
  }

  #append(piece: Uint8Array): void {
    const needed = this.length + piece.length
    if (this.#end + piece.length > this.#buffer.length) {
      const isLarge = needed > this.#buffer.length || needed * 4 < this.#buffer.length
      const into = isLarge ? Buffer.allocUnsafe(Math.max(needed * 2, sizeMin)) : this.#buffer
      this.#buffer.copy(into, 0, this.#start, this.#end)
      this.#buffer = into
      this.#end = this.length
      this.#start = 0
    }
    this.#buffer.set(piece, this.#end)
    this.#end += piece.length
  }
}

const sizeMin = 256 * 1024
