import { doubledSlots } from './slots.ts'

/** Numbers trace ids in the order in which they first come. */
export class TraceDictionary {
  #ids = new Uint8Array(16 * 64)
  #count = 0
  /** Number + 1 of the trace at each slot; 0 is free. At most half full. */
  #slots = new Uint16Array(256)

  get count(): number {
    return this.#count
  }

  /** All ids so far, 16 bytes each; a view that the next one may leave behind. */
  get ids(): Uint8Array {
    return this.#ids.subarray(0, this.#count * 16)
  }

  /** The number of the id at `offset` of `bytes`; a new one when it has none. */
  numberOf(bytes: Uint8Array, offset: number): number {
    let slot = hashOf(bytes, offset) & (this.#slots.length - 1)
    for (;;) {
      const number = (this.#slots[slot] as number) - 1
      if (number < 0) return this.#add(bytes, offset, slot)
      if (isSame(this.#ids, number * 16, bytes, offset)) return number
      slot = (slot + 1) & (this.#slots.length - 1)
    }
  }

  #add(bytes: Uint8Array, offset: number, slot: number): number {
    const number = this.#count++
    if (number * 16 === this.#ids.length) {
      const ids = new Uint8Array(this.#ids.length * 2)
      ids.set(this.#ids)
      this.#ids = ids
    }
    for (let at = 0; at < 16; at++) this.#ids[number * 16 + at] = bytes[offset + at] as number
    this.#slots[slot] = number + 1
    if (this.#count * 2 >= this.#slots.length) this.#grow()
    return number
  }

  #grow(): void {
    const ids = this.#ids
    this.#slots = doubledSlots(this.#slots, this.#count, (number) => hashOf(ids, number * 16))
  }
}

/** The number of an id among ids of 16 bytes each; -1 when it is none of them. */
export function findTrace(ids: Uint8Array, traceId: Uint8Array): number {
  const last = traceId[15] as number
  for (let at = 0; at < ids.length; at += 16) {
    if (ids[at + 15] === last && isSame(ids, at, traceId, 0)) return at / 16
  }
  return -1
}

/** 32 bits of a trace id: old clients fill only the low half, some count up in it. */
export function hashOf(bytes: Uint8Array, offset: number): number {
  let hash = 0
  for (let at = offset; at < offset + 16; at += 4) {
    const word =
      (bytes[at] as number) |
      ((bytes[at + 1] as number) << 8) |
      ((bytes[at + 2] as number) << 16) |
      ((bytes[at + 3] as number) << 24)
    hash = Math.imul(hash ^ word, 0x85eb_ca6b)
    hash ^= hash >>> 15
  }
  hash = Math.imul(hash, 0xc2b2_ae35)
  return (hash ^ (hash >>> 16)) >>> 0
}

function isSame(left: Uint8Array, at: number, right: Uint8Array, offset: number): boolean {
  for (let index = 0; index < 16; index++) {
    if (left[at + index] !== right[offset + index]) return false
  }
  return true
}
