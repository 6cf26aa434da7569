import { textOf } from '../../bridge/wire/reader.ts'
import type { BlockWhat } from './block-view.ts'
import { GrowingBytes } from './growing-bytes.ts'
import { doubledSlots, grown } from './slots.ts'

/** Numbers (span name, kind, status) by their content, in the order in which they first come. */
export class WhatDictionary {
  readonly #names = new GrowingBytes(256)
  /** Where each name begins, its length, kind and status: four numbers each. */
  #rows = new Uint32Array(4 * 32)
  #count = 0
  /** Hash of each. */
  #hashes = new Uint32Array(32)
  /** Number + 1 at each slot; 0 is free. At most half full. */
  #slots = new Uint16Array(128)
  readonly #whats: BlockWhat[] = []

  /** All so far; each name becomes text once, when somebody asks. More may come into the same array. */
  get whats(): readonly BlockWhat[] {
    for (let number = this.#whats.length; number < this.#count; number++) {
      this.#whats.push(this.#whatOf(number))
    }
    return this.#whats
  }

  /** The number of what is named by `bytes` from `start` to `end`; `nameHash` belongs to the name. */
  numberOf(
    nameHash: number,
    bytes: Uint8Array,
    start: number,
    end: number,
    kind: number,
    statusCode: number,
  ): number {
    const hash = (nameHash ^ Math.imul(kind * 4 + statusCode, 0x9e37_79b1)) >>> 0
    let slot = hash & (this.#slots.length - 1)
    for (;;) {
      const number = (this.#slots[slot] as number) - 1
      if (number < 0) return this.#add(hash, slot, bytes, start, end, kind, statusCode)
      if (this.#hashes[number] === hash) {
        const row = number * 4
        const isSame =
          this.#rows[row + 1] === end - start &&
          this.#rows[row + 2] === kind &&
          this.#rows[row + 3] === statusCode
        if (isSame && this.#names.isAt(this.#rows[row] as number, bytes, start, end)) return number
      }
      slot = (slot + 1) & (this.#slots.length - 1)
    }
  }

  #add(
    hash: number,
    slot: number,
    bytes: Uint8Array,
    start: number,
    end: number,
    kind: number,
    statusCode: number,
  ): number {
    const number = this.#count++
    if (number === this.#hashes.length) {
      this.#hashes = grown(this.#hashes, number * 2)
      this.#rows = grown(this.#rows, number * 8)
    }
    this.#hashes[number] = hash
    this.#rows[number * 4] = this.#names.add(bytes, start, end)
    this.#rows[number * 4 + 1] = end - start
    this.#rows[number * 4 + 2] = kind
    this.#rows[number * 4 + 3] = statusCode
    this.#slots[slot] = number + 1
    if (this.#count * 2 >= this.#slots.length) this.#grow()
    return number
  }

  #whatOf(number: number): BlockWhat {
    const row = number * 4
    const at = this.#rows[row] as number
    return {
      name: textOf(this.#names.array.subarray(at, at + (this.#rows[row + 1] as number))),
      kind: this.#rows[row + 2] as number,
      statusCode: this.#rows[row + 3] as number,
    }
  }

  #grow(): void {
    const hashes = this.#hashes
    this.#slots = doubledSlots(this.#slots, this.#count, (number) => hashes[number] as number)
  }
}
