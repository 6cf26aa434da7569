/**
 * Rows by an id of 64 bits, in two numbers of 32; rows of the same id follow each other in the order
 * in which they were added. Takes some 16 bytes a row, where a `Map` of texts takes over 100.
 */
export class IdTable {
  readonly #high: Uint32Array
  readonly #low: Uint32Array
  readonly #mask: number
  /** The first row of an id, plus 1. */
  readonly #slots: Int32Array
  /** The next row of the same id, plus 1. */
  readonly #next: Int32Array
  /** The last row of the id of a first row. */
  readonly #last: Int32Array

  /**
   * @param high upper halves of the ids of all rows
   * @param low their lower halves
   */
  constructor(high: Uint32Array, low: Uint32Array) {
    this.#high = high
    this.#low = low
    const slots = 2 ** Math.ceil(Math.log2(Math.max(2, high.length * 2)))
    this.#mask = slots - 1
    this.#slots = new Int32Array(slots)
    this.#next = new Int32Array(high.length)
    this.#last = new Int32Array(high.length)
    for (let row = 0; row < high.length; row++) this.#add(row)
  }

  /** The first row with this id, -1 when there is none. */
  first(high: number, low: number): number {
    return (this.#slots[this.#slotOf(high, low)] as number) - 1
  }

  /** The next row with the id of this one, -1 behind the last. */
  next(row: number): number {
    return (this.#next[row] as number) - 1
  }

  #add(row: number): void {
    const slot = this.#slotOf(this.#high[row] as number, this.#low[row] as number)
    const first = (this.#slots[slot] as number) - 1
    if (first < 0) {
      this.#slots[slot] = row + 1
      this.#last[row] = row
      return
    }
    this.#next[this.#last[first] as number] = row + 1
    this.#last[first] = row
  }

  /** The slot of this id, or the free one where it belongs. */
  #slotOf(high: number, low: number): number {
    let slot = (Math.imul(high ^ Math.imul(low, 0x9e3779b1), 0x85ebca6b) >>> 7) & this.#mask
    while (true) {
      const row = (this.#slots[slot] as number) - 1
      if (row < 0 || (this.#high[row] === high && this.#low[row] === low)) return slot
      slot = (slot + 1) & this.#mask
    }
  }
}
