import type { HashSet } from './hash-set.ts'
import { doubledSlots, grown } from './slots.ts'

/**
 * Numbers the keys that a span has, all together, in the order in which they first come: spans of one
 * operation mostly have the same keys, which are then kept once.
 */
export class ShapeDictionary {
  #keys = new Uint32Array(256)
  /** Where the keys of each begin, and where those of the last one end. */
  #starts = new Uint32Array(17)
  #count = 0
  /** Hash of each. */
  #hashes = new Uint32Array(16)
  /** Number + 1 at each slot; 0 is free. At most half full. */
  #slots = new Uint16Array(64)

  get count(): number {
    return this.#count
  }

  /** Memory that all take. */
  get sizeBytes(): number {
    return this.#keys.byteLength + this.#hashes.byteLength * 2 + this.#slots.byteLength
  }

  /** Hashes of the keys of one; a view that the next one may leave behind. */
  keysOf(shape: number): Uint32Array {
    return this.#keys.subarray(this.#starts[shape], this.#starts[shape + 1])
  }

  /** 1 for each that has a key with one of these hashes. */
  withAny(hashes: HashSet): Uint8Array {
    const found = new Uint8Array(this.#count)
    let at = 0
    for (let shape = 0; shape < this.#count; shape++) {
      const end = this.#starts[shape + 1] as number
      for (; at < end; at++) if (hashes.has(this.#keys[at] as number)) found[shape] = 1
    }
    return found
  }

  /** The number of these keys; a new one when no others are the same in the same order. */
  numberOf(keys: Uint32Array, start: number, end: number): number {
    let hash = end - start
    for (let at = start; at < end; at++) {
      hash = Math.imul(hash ^ (keys[at] as number), 0x85eb_ca6b)
      hash ^= hash >>> 15
    }
    hash >>>= 0
    let slot = hash & (this.#slots.length - 1)
    for (;;) {
      const number = (this.#slots[slot] as number) - 1
      if (number < 0) return this.#add(hash, slot, keys, start, end)
      if (this.#hashes[number] === hash && this.#isSame(number, keys, start, end)) return number
      slot = (slot + 1) & (this.#slots.length - 1)
    }
  }

  #isSame(number: number, keys: Uint32Array, start: number, end: number): boolean {
    const own = this.#keys
    const from = this.#starts[number] as number
    if ((this.#starts[number + 1] as number) - from !== end - start) return false
    for (let at = start; at < end; at++) if (own[from + at - start] !== keys[at]) return false
    return true
  }

  #add(hash: number, slot: number, keys: Uint32Array, start: number, end: number): number {
    const number = this.#count++
    if (number === this.#hashes.length) {
      this.#hashes = grown(this.#hashes, number * 2)
      this.#starts = grown(this.#starts, number * 2 + 1)
    }
    const from = this.#starts[number] as number
    const needed = from + end - start
    if (needed > this.#keys.length) {
      this.#keys = grown(this.#keys, Math.max(needed, this.#keys.length * 2))
    }
    this.#keys.set(keys.subarray(start, end), from)
    this.#starts[number + 1] = needed
    this.#hashes[number] = hash
    this.#slots[slot] = number + 1
    if (this.#count * 2 >= this.#slots.length) this.#grow()
    return number
  }

  #grow(): void {
    const hashes = this.#hashes
    this.#slots = doubledSlots(this.#slots, this.#count, (number) => hashes[number] as number)
  }
}
