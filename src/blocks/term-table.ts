/**
 * The distinct hashes of a block's values, with the spans that have each. A table: most hashes of a
 * block come many times, and sorting them all needs three times as long.
 *
 * Arrays are made once and grow; loops hold them in variables, as loads of fields in these loops cost
 * half of the time.
 */
export class TermTable {
  /** Number at each slot; 0 is free. At most half full. */
  #slots = new Uint32Array(2 ** 10)
  #slotBits = 10
  /** Odd; the upper bits of a hash times this are its slot. */
  #spread = 1
  /** Of each number from 1 on: its hash, how many spans have it, the last span that came. */
  #hashes = new Uint32Array(2 ** 10 + 1)
  #counts = new Uint16Array(2 ** 10 + 1)
  #lasts = new Uint16Array(2 ** 10 + 1)
  #count = 0
  /** The number of each value; 0 where the span had the same value before. */
  #numbers = new Uint32Array(2 ** 10)
  /** Where the spans of each number end in `#spans`; those that one span has are not in there. */
  #ends = new Uint32Array(2 ** 10 + 1)
  #spans = new Uint16Array(2 ** 10)

  /** How many there are; they have numbers from 1 on. */
  get count(): number {
    return this.#count
  }

  /** The hash of each number; place 0 means nothing. */
  get hashes(): Uint32Array {
    return this.#hashes
  }

  /** How many spans have each. */
  get counts(): Uint16Array {
    return this.#counts
  }

  /** The last span that has each. */
  get lasts(): Uint16Array {
    return this.#lasts
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
    const slots = this.#slots
    const shift = 32 - this.#slotBits
    const mask = slots.length - 1
    const hashes = this.#hashes
    const counts = this.#counts
    const lasts = this.#lasts
    const numbers = this.#numbers
    let count = 0
    let at = 0
    for (let span = 0; span < valueEnds.length; span++) {
      for (const end = valueEnds[span] as number; at < end; at++) {
        const hash = values[at] as number
        let slot = Math.imul(hash, spread) >>> shift
        let number = slots[slot] as number
        while (number !== 0 && hashes[number] !== hash) {
          slot = (slot + 1) & mask
          number = slots[slot] as number
        }
        if (number === 0) {
          number = ++count
          slots[slot] = number
          hashes[number] = hash
          counts[number] = 1
        } else if (lasts[number] === span) number = 0
        else counts[number] = (counts[number] as number) + 1
        numbers[at] = number
        if (number !== 0) lasts[number] = span
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
      if (number === 0 || this.#hashes[number] === hash) return number
      slot = (slot + 1) & (this.#slots.length - 1)
    }
  }

  /** The spans of a number, ascending. */
  spansOf(number: number): Uint16Array {
    const count = this.#counts[number] as number
    if (count === 1) return this.#lasts.subarray(number, number + 1)
    const end = this.#ends[number] as number
    return this.#spans.subarray(end - count, end)
  }

  #listSpans(valueEnds: Uint32Array): void {
    const counts = this.#counts
    const ends = this.#ends
    let size = 0
    for (let number = 1; number <= this.#count; number++) {
      ends[number] = size
      if ((counts[number] as number) > 1) size += counts[number] as number
    }
    if (size > this.#spans.length) this.#spans = new Uint16Array(size * 2)
    const spans = this.#spans
    const numbers = this.#numbers
    let at = 0
    for (let span = 0; span < valueEnds.length; span++) {
      for (const end = valueEnds[span] as number; at < end; at++) {
        const number = numbers[at] as number
        if (number === 0 || counts[number] === 1) continue
        const place = ends[number] as number
        spans[place] = span
        ends[number] = place + 1
      }
    }
  }

  #reserve(values: number): void {
    if (values > this.#numbers.length) {
      const size = values + (values >>> 2)
      this.#numbers = new Uint32Array(size)
      this.#hashes = new Uint32Array(size + 1)
      this.#counts = new Uint16Array(size + 1)
      this.#lasts = new Uint16Array(size + 1)
      this.#ends = new Uint32Array(size + 1)
    }
    if (values * 2 <= this.#slots.length) {
      this.#slots.fill(0)
      return
    }
    this.#slotBits = 33 - Math.clz32(values)
    this.#slots = new Uint32Array(2 ** this.#slotBits)
  }
}
