import { textOf } from '../../bridge/wire/reader.ts'
import type { BlockWhat } from './block-view.ts'

/** A name with a kind and a status, and the bytes that it came in. */
export interface OpenWhat extends BlockWhat {
  readonly nameBytes: Uint8Array
}

/** Numbers (span name, kind, status) by their content, in the order in which they first come. */
export class WhatDictionary {
  readonly whats: OpenWhat[] = []
  /** Hash of each. */
  #hashes = new Uint32Array(64)
  /** Number + 1 at each slot; 0 is free. At most half full. */
  #slots = new Uint16Array(256)

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
      if (number < 0) break
      if (this.#hashes[number] === hash) {
        const what = this.whats[number] as OpenWhat
        const isSame = what.kind === kind && what.statusCode === statusCode
        if (isSame && isText(what.nameBytes, bytes, start, end)) return number
      }
      slot = (slot + 1) & (this.#slots.length - 1)
    }
    const nameBytes = bytes.slice(start, end)
    const number = this.whats.length
    this.whats.push({ name: textOf(nameBytes), nameBytes, kind, statusCode })
    if (number === this.#hashes.length) {
      const hashes = new Uint32Array(number * 2)
      hashes.set(this.#hashes)
      this.#hashes = hashes
    }
    this.#hashes[number] = hash
    this.#slots[slot] = number + 1
    if (this.whats.length * 2 >= this.#slots.length) this.#grow()
    return number
  }

  #grow(): void {
    const slots = new Uint16Array(this.#slots.length * 2)
    for (let number = 0; number < this.whats.length; number++) {
      let slot = (this.#hashes[number] as number) & (slots.length - 1)
      while (slots[slot] !== 0) slot = (slot + 1) & (slots.length - 1)
      slots[slot] = number + 1
    }
    this.#slots = slots
  }
}

function isText(text: Uint8Array, bytes: Uint8Array, start: number, end: number): boolean {
  if (text.length !== end - start) return false
  for (let at = 0; at < text.length; at++) if (text[at] !== bytes[start + at]) return false
  return true
}
