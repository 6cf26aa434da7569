/**
 * The distinct hashes of a block's values, with the spans that have each. A table: most hashes of a
 * block come many times, and sorting them all needs three times as long.
 *
 * Arrays are made once and grow; loops hold them in variables, as loads of fields in these loops cost
 * half of the time.
 */
export class TermTable {
  /** Number at each slot; 0 is free. At most half full. */
  #slots = new Uint32Array(2 ** leastSlotBits)
  #slotBits = leastSlotBits
  /** Odd; the upper bits of a hash times this are its slot. */
  #spread = 1
  /**
   * Of each number from 1 on, side by side, as they are needed together and lie anywhere: its hash, how
   * many spans have it, the last span that came, where its spans end in `#spans` (those that one span
   * has are not in there).
   */
  #rows = new Uint32Array((2 ** 10 + 1) * rowLength)
  #count = 0
  /** The number of each value; 0 where the span had the same value before. */
  #numbers = new Uint32Array(2 ** 10)
  #spans = new Uint16Array(2 ** 10)

  /** How many there are; they have numbers from 1 on. */
  get count(): number {
    return this.#count
  }

  /** The hash of a number. */
  hashOf(number: number): number {
    return this.#rows[number * rowLength] as number
  }

  /** How many spans have a number's hash. */
  countOf(number: number): number {
    return this.#rows[number * rowLength + 1] as number
  }

  /** The last span that has a number's hash. */
  lastOf(number: number): number {
    return this.#rows[number * rowLength + 2] as number
  }

  /**
   * Takes the place of what was there before.
   *
   * @param values hashes, span after span
   * @param valueEnds where those of each span end
   * @param seed any number; one that nobody else knows keeps hashes that somebody chose from all
   *   coming to the same slots, where each would be compared with each
   */
  fill(values: Uint32Array, valueEnds: Uint32Array, seed: number): void {
    this.#spread = Math.imul(seed, 0x9e37_79b1) | 1
    this.#reserve(values.length)
    const spread = this.#spread
    let slots = this.#slots
    let shift = 32 - this.#slotBits
    let mask = slots.length - 1
    const rows = this.#rows
    const numbers = this.#numbers
    let count = 0
    let at = 0
    for (let span = 0; span < valueEnds.length; span++) {
      for (const end = valueEnds[span] as number; at < end; at++) {
        const hash = values[at] as number
        let slot = Math.imul(hash, spread) >>> shift
        let number = slots[slot] as number
        while (number !== 0 && rows[number * rowLength] !== hash) {
          slot = (slot + 1) & mask
          number = slots[slot] as number
        }
        const row = (number === 0 ? ++count : number) * rowLength
        if (number === 0) {
          number = count
          slots[slot] = number
          rows[row] = hash
          rows[row + 1] = 1
          rows[row + 2] = span
          if (count * 2 > mask) {
            this.#growSlots(count)
            slots = this.#slots
            shift = 32 - this.#slotBits
            mask = slots.length - 1
          }
        } else if (rows[row + 2] === span) number = 0
        else {
          rows[row + 1] = (rows[row + 1] as number) + 1
          rows[row + 2] = span
        }
        numbers[at] = number
      }
    }
    this.#count = count
    this.#listSpans(valueEnds)
  }

  /** The number of a hash; 0 when no span has it. */
  numberOf(hash: number): number {
    let slot = Math.imul(hash, this.#spread) >>> (32 - this.#slotBits)
    for (;;) {
      const number = this.#slots[slot] as number
      if (number === 0 || this.#rows[number * rowLength] === hash) return number
      slot = (slot + 1) & (this.#slots.length - 1)
    }
  }

  /** The spans of a number, ascending. */
  spansOf(number: number): Uint16Array {
    const row = number * rowLength
    const count = this.#rows[row + 1] as number
    if (count === 1) return Uint16Array.of(this.#rows[row + 2] as number)
    const end = this.#rows[row + 3] as number
    return this.#spans.subarray(end - count, end)
  }

  #listSpans(valueEnds: Uint32Array): void {
    const rows = this.#rows
    let size = 0
    for (let number = 1; number <= this.#count; number++) {
      const row = number * rowLength
      rows[row + 3] = size
      if ((rows[row + 1] as number) > 1) size += rows[row + 1] as number
    }
    if (size > this.#spans.length) this.#spans = new Uint16Array(size * 2)
    const spans = this.#spans
    const numbers = this.#numbers
    let at = 0
    for (let span = 0; span < valueEnds.length; span++) {
      for (const end = valueEnds[span] as number; at < end; at++) {
        const row = (numbers[at] as number) * rowLength
        if (row === 0 || rows[row + 1] === 1) continue
        const place = rows[row + 3] as number
        spans[place] = span
        rows[row + 3] = place + 1
      }
    }
  }

  /** Begins with as many slots as the last block needed: twice as many values as hashes are usual. */
  #reserve(values: number): void {
    if (values > this.#numbers.length) {
      const size = values + (values >>> 2)
      this.#numbers = new Uint32Array(size)
      this.#rows = new Uint32Array((size + 1) * rowLength)
    }
    const bits = Math.max(leastSlotBits, 33 - Math.clz32(this.#count))
    if (bits < this.#slotBits) this.#slots = this.#slots.subarray(0, 2 ** bits)
    this.#slotBits = Math.min(bits, this.#slotBits)
    this.#slots.fill(0)
  }

  #growSlots(count: number): void {
    this.#slotBits += 1
    const slots = new Uint32Array(2 ** this.#slotBits)
    const shift = 32 - this.#slotBits
    const mask = slots.length - 1
    for (let number = 1; number <= count; number++) {
      const hash = this.#rows[number * rowLength] as number
      let slot = Math.imul(hash, this.#spread) >>> shift
      while (slots[slot] !== 0) slot = (slot + 1) & mask
      slots[slot] = number
    }
    this.#slots = slots
  }
}

/** Hash, count, last span and end. */
const rowLength = 4
const leastSlotBits = 10
