import { isUtf8 } from 'node:buffer'
import { viewOf } from '../model/term-hash.ts'
import { varintLength } from '../wire/writer.ts'
import type { TermList } from './term-list.ts'

/**
 * The OTLP bytes of one request's spans as they grow, each behind the one before. Used again for the
 * next request, so that what most need is there already.
 */
export class SpanOutput {
  /** Another array once more is written than fits. */
  bytes = new Uint8Array(firstBytes)
  /** The same bytes. */
  view = viewOf(this.bytes)
  /** Bytes written so far. */
  size = 0
  /** Where the terms of what is written are noted; undefined when nobody asks for them. */
  terms: TermList | undefined
  /** True when a text was written that is not UTF-8. */
  hasBadText = false

  /** Starts again, for the next request. */
  start(terms: TermList | undefined): void {
    if (this.bytes.length > keptBytesMax) this.#use(new Uint8Array(firstBytes))
    this.size = 0
    this.terms = terms
  }

  /** A copy of what was written, in `memory` where that is long enough, else in a buffer of its own. */
  finish(memory: Uint8Array | undefined): Uint8Array {
    this.terms = undefined
    if (memory === undefined || memory.length < this.size) return this.bytes.slice(0, this.size)
    memory.set(this.bytes.subarray(0, this.size))
    return memory.subarray(0, this.size)
  }

  /** Makes room for so many bytes behind `size`. */
  reserve(length: number): void {
    const needed = this.size + length
    if (needed <= this.bytes.length) return
    const grown = new Uint8Array(Math.max(needed, this.bytes.length * 2))
    grown.set(this.bytes.subarray(0, this.size))
    this.#use(grown)
  }

  /** Bytes as they are. */
  raw(from: Uint8Array): void {
    this.reserve(from.length)
    this.bytes.set(from, this.size)
    this.size += from.length
  }

  /** A field of bytes, also when there are none; `tag` and its length take one byte each or more. */
  slice(tag: number, from: Uint8Array, start: number, length: number): void {
    this.head(tag, length)
    this.reserve(length)
    this.size = copyBytes(from, start, start + length, this.bytes, this.size)
  }

  /** A text that is not empty; noted when it is not UTF-8. */
  text(tag: number, from: Uint8Array, start: number, length: number): void {
    if (length === 0) return
    this.slice(tag, from, start, length)
    this.checkText(this.size - length, this.size)
  }

  /** Notes when the written bytes are no UTF-8. */
  checkText(start: number, end: number): void {
    const { bytes } = this
    let at = start
    while (at < end && (bytes[at] as number) < 0x80) at++
    if (at < end && !isUtf8(bytes.subarray(at, end))) this.hasBadText = true
  }

  /** Tag and length of a field that comes next. */
  head(tag: number, length: number): void {
    this.reserve(6)
    this.bytes[this.size++] = tag
    this.size = putLength(this.bytes, this.size, length)
  }

  /** Eight bytes, little-endian, from two halves; nothing when they are 0. */
  fixed64(tag: number, low: number, high: number): void {
    if (low === 0 && high === 0) return
    this.reserve(9)
    this.bytes[this.size++] = tag
    this.#fixed32(low)
    this.#fixed32(high)
  }

  #use(bytes: Uint8Array<ArrayBuffer>): void {
    this.bytes = bytes
    this.view = viewOf(bytes)
  }

  #fixed32(value: number): void {
    for (let shift = 0; shift < 32; shift += 8) this.bytes[this.size++] = value >>> shift
  }
}

/** Writes a varint; there must be room. Gives the position behind it. */
export function putLength(bytes: Uint8Array, start: number, length: number): number {
  let at = start
  let rest = length
  while (rest > 0x7f) {
    bytes[at++] = (rest & 0x7f) | 0x80
    rest >>>= 7
  }
  bytes[at++] = rest
  return at
}

/** Length of a field with a tag of one byte and so many bytes. */
export function fieldLength(length: number): number {
  return 1 + varintLength(length) + length
}

/** Copies bytes to where there is room for them, and gives the position behind. */
export function copyBytes(
  from: Uint8Array,
  start: number,
  end: number,
  to: Uint8Array,
  at: number,
): number {
  // A call out of the engine costs as much as this loop over some 100 bytes.
  if (end - start > 96) {
    to.set(from.subarray(start, end), at)
    return at + end - start
  }
  let next = at
  for (let index = start; index < end; index++) to[next++] = from[index] as number
  return next
}

/** Enough for usual requests. */
const firstBytes = 128 * 1024
/** More than this is given back after a large request. */
const keptBytesMax = 1024 * 1024
