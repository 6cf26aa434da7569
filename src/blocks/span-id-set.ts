/**
 * A set of span ids, each as its upper and lower 32 bits. It is made of many small tables that grow each
 * by itself, so that no single span of a large trace takes long to add.
 */
export class SpanIdSet {
  readonly #tables: Uint32Array[] = Array.from({ length: tables }, () => none)
  readonly #counts = new Uint32Array(tables)
  #size = 0
  /** The id of zeros marks a free place, so it is kept apart. */
  #hasZero = false

  /** How many different ids there are. */
  get size(): number {
    return this.#size
  }

  /** @returns true when the id is new */
  add(high: number, low: number): boolean {
    if (high === 0 && low === 0) {
      if (this.#hasZero) return false
      this.#hasZero = true
      this.#size += 1
      return true
    }
    const hash = mix(high, low)
    const number = hash & (tables - 1)
    const count = this.#counts[number] as number
    let table = this.#tables[number] as Uint32Array
    if (count * 4 >= table.length) {
      table = grown(table)
      this.#tables[number] = table
    }
    const place = placeOf(table, hash, high, low)
    if (table[place] !== 0 || table[place + 1] !== 0) return false
    table[place] = high
    table[place + 1] = low
    this.#counts[number] = count + 1
    this.#size += 1
    return true
  }

  /** True when the id was added. */
  has(high: number, low: number): boolean {
    if (high === 0 && low === 0) return this.#hasZero
    const hash = mix(high, low)
    const table = this.#tables[hash & (tables - 1)] as Uint32Array
    if (table.length === 0) return false
    const place = placeOf(table, hash, high, low)
    return table[place] !== 0 || table[place + 1] !== 0
  }
}

const tables = 64
const none = new Uint32Array(0)

/** The place that holds the id, or the free one where it belongs. */
function placeOf(table: Uint32Array, hash: number, high: number, low: number): number {
  const mask = table.length / 2 - 1
  let slot = (hash >>> 6) & mask
  for (;;) {
    const place = slot * 2
    const upper = table[place]
    const lower = table[place + 1]
    if ((upper === 0 && lower === 0) || (upper === high && lower === low)) return place
    slot = (slot + 1) & mask
  }
}

function grown(table: Uint32Array): Uint32Array {
  const larger = new Uint32Array(Math.max(16, table.length * 2))
  for (let at = 0; at < table.length; at += 2) {
    const high = table[at] as number
    const low = table[at + 1] as number
    if (high === 0 && low === 0) continue
    const place = placeOf(larger, mix(high, low), high, low)
    larger[place] = high
    larger[place + 1] = low
  }
  return larger
}

/** Ids may be counters: their bits are spread. */
function mix(high: number, low: number): number {
  let hash = Math.imul(low ^ Math.imul(high, 0x85eb_ca6b), 0x9e37_79b1)
  hash ^= hash >>> 15
  hash = Math.imul(hash, 0xc2b2_ae35)
  return (hash ^ (hash >>> 13)) >>> 0
}
