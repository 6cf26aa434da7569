/**
 * Hashes that are looked for in many places: most of what it is asked for is not in it, and told by one
 * bit of a table that fits the processor's nearest cache.
 */
export class HashSet implements Iterable<number> {
  readonly #hashes: ReadonlySet<number>
  /** A bit for the upper half of each hash; made when somebody asks. */
  #upper: Uint32Array | undefined

  /** @param hashes 32 bits each, unsigned */
  constructor(hashes: Iterable<number>) {
    this.#hashes = new Set(hashes)
  }

  /** True when the hash is one of them. */
  has(hash: number): boolean {
    const upper = this.#upper ?? this.#mark()
    const bits = upper[hash >>> 21] as number
    return ((bits >>> ((hash >>> 16) & 31)) & 1) === 1 && this.#hashes.has(hash)
  }

  [Symbol.iterator](): Iterator<number> {
    return this.#hashes.values()
  }

  #mark(): Uint32Array {
    const upper = new Uint32Array(2 ** 11)
    for (const hash of this.#hashes) {
      const word = hash >>> 21
      upper[word] = (upper[word] as number) | (1 << ((hash >>> 16) & 31))
    }
    this.#upper = upper
    return upper
  }
}
