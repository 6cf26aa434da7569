/**
 * A set of 64-bit or 128-bit keys in typed arrays: 32 bytes a key at most half full, where a `Set`
 * of strings needs several times as much. Grows by doubling; a large one is made of many tables that
 * grow each by itself, so that no single key takes long to add.
 */
export class IdentitySet {
  #tables: readonly Table[] = [new Table()]
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
    } else {
      const hash = hashOf(high, low)
      if (!this.#tableOf(hash).add(hash, high, low)) return false
    }
    this.#size += 1
    if (this.#size === splitSize) this.#split()
    return true
  }

  /** True when the key was added. */
  has(high: bigint, low: bigint): boolean {
    if (high === 0n && low === 0n) return this.#hasZero
    const hash = hashOf(high, low)
    return this.#tableOf(hash).has(hash, high, low)
  }

  #tableOf(hash: bigint): Table {
    return this.#tables[this.#tables.length === 1 ? 0 : Number(hash & tableMask)] as Table
  }

  #split(): void {
    const [one] = this.#tables
    this.#tables = Array.from({ length: Number(tableMask) + 1 }, () => new Table())
    one?.each((high, low) => {
      const hash = hashOf(high, low)
      this.#tableOf(hash).add(hash, high, low)
    })
  }
}

class Table {
  #high = new BigUint64Array(initialSlots)
  #low = new BigUint64Array(initialSlots)
  #size = 0

  add(hash: bigint, high: bigint, low: bigint): boolean {
    if (this.#size * 2 >= this.#high.length) this.#grow()
    const slot = this.#slotOf(hash, high, low)
    if (this.#high[slot] !== 0n || this.#low[slot] !== 0n) return false
    this.#high[slot] = high
    this.#low[slot] = low
    this.#size += 1
    return true
  }

  has(hash: bigint, high: bigint, low: bigint): boolean {
    const slot = this.#slotOf(hash, high, low)
    return this.#high[slot] !== 0n || this.#low[slot] !== 0n
  }

  each(visit: (high: bigint, low: bigint) => void): void {
    for (let slot = 0; slot < this.#high.length; slot += 1) {
      const [high, low] = [this.#high[slot] as bigint, this.#low[slot] as bigint]
      if (high !== 0n || low !== 0n) visit(high, low)
    }
  }

  /** The slot that holds the key, or the free one where it belongs. */
  #slotOf(hash: bigint, high: bigint, low: bigint): number {
    const mask = this.#high.length - 1
    let slot = Number((hash >> tableBits) & BigInt(mask))
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
      const free = this.#slotOf(hashOf(first, second), first, second)
      this.#high[free] = first
      this.#low[free] = second
    }
  }
}

const initialSlots = 64
/** At so many keys one table becomes many, by the lowest bits of hashes. */
const splitSize = 2048
const tableBits = 5n
const tableMask = (1n << tableBits) - 1n

function hashOf(high: bigint, low: bigint): bigint {
  return mix(high) ^ low
}

/** Span ids may be counters: their bits are spread over the word. */
function mix(value: bigint): bigint {
  const spread = BigInt.asUintN(64, value * 0x9e37_79b9_7f4a_7c15n)
  return spread ^ (spread >> 32n)
}
