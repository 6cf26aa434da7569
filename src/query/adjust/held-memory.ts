/** Bytes that all answers together may hold. */
export class HeldMemory {
  readonly #maxBytes: number
  #bytes = 0

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes
  }

  /** What one answer holds of it, nothing at first. */
  open(): HeldShare {
    return new HeldShare((bytes, maxTimes) => {
      if (bytes > 0 && this.#bytes + bytes > this.#maxBytes * maxTimes) return false
      this.#bytes += bytes
      return true
    })
  }

  /** Held at the moment. */
  get bytes(): number {
    return this.#bytes
  }
}

/** One answer's share; what it holds is given back at its end at the latest. */
export class HeldShare {
  readonly #add: (bytes: number, maxTimes: number) => boolean
  #bytes = 0

  constructor(add: (bytes: number, maxTimes: number) => boolean) {
    this.#add = add
  }

  /**
   * Holds more, unless all answers together then held more than the bound so many times.
   *
   * @returns whether it does
   */
  take(bytes: number, maxTimes = 1): boolean {
    if (!this.#add(bytes, maxTimes)) return false
    this.#bytes += bytes
    return true
  }

  /** Holds less by so much, or nothing any more. */
  give(bytes = this.#bytes): void {
    this.#add(-bytes, 1)
    this.#bytes -= bytes
  }
}
