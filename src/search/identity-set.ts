/**
 * A set of 64-bit or 128-bit keys in typed arrays: 32 bytes a key at most half full, where a `Set`
 * of strings needs several times as much. Grows by doubling.
 */
export class IdentitySet {
  #high = new BigUint64Array(initialSlots)
  #low = new BigUint64Array(initialSlots)
  #size = 0
  /** The all-zero key marks a free slot, so it is kept apart. */
  #hasZero = false

  /** How many different keys there are. */
  get size(): number {
    return this.#size
  }

  /** @returns true when the key is new */
  add(high: bigint, low: bigint): boolean {
    if (high === 0n && low === 0n) {
      if (this.#hasZero) return false
      this.#hasZero = true
      this.#size += 1
      return true
    }
    if (this.#size * 2 >= this.#high.length) this.#grow()
    const slot = this.#slotOf(high, low)
    if (this.#high[slot] !== 0n || this.#low[slot] !== 0n) return false
    this.#high[slot] = high
    this.#low[slot] = low
    this.#size += 1
    return true
  }

  /** True when the key was added. */
  has(high: bigint, low: bigint): boolean {
    if (high === 0n && low === 0n) return this.#hasZero
    const slot = this.#slotOf(high, low)
    return this.#high[slot] !== 0n || this.#low[slot] !== 0n
  }

  /** The slot that holds the key, or the free one where it belongs. */
  #slotOf(high: bigint, low: bigint): number {
    const mask = this.#high.length - 1
    let slot = Number((mix(high) ^ low) & BigInt(mask))
    while (this.#high[slot] !== 0n || this.#low[slot] !== 0n) {
      if (this.#high[slot] === high && this.#low[slot] === low) return slot
      slot = (slot + 1) & mask
    }
    return slot
  }

  #grow(): void {
    const [high, low] = [this.#high, this.#low]
    this.#high = new BigUint64Array(high.length * 2)
    this.#low = new BigUint64Array(low.length * 2)
    for (let slot = 0; slot < high.length; slot += 1) {
      const [first, second] = [high[slot] as bigint, low[slot] as bigint]
      if (first === 0n && second === 0n) continue
      const free = this.#slotOf(first, second)
      this.#high[free] = first
      this.#low[free] = second
    }
  }
}

const initialSlots = 64

/** Span ids may be counters: their bits are spread over the word. */
function mix(value: bigint): bigint {
  const spread = BigInt.asUintN(64, value * 0x9e37_79b9_7f4a_7c15n)
  return spread ^ (spread >> 32n)
}
