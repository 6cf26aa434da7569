import { varintLength } from '../wire/writer.ts'

/** Where key and text of a tag lie; -1 for what it has not. */
export interface TagText {
  keyStart: number
  keyLength: number
  textStart: number
  textLength: number
}

/**
 * Protobuf bytes as they grow. Numbers of 64 bits come as halves, so that none of them costs a
 * bigint; that is what bridge/wire's writer cannot do.
 */
export class ProtoOutput {
  #bytes = Buffer.allocUnsafeSlow(firstBytes)
  /** Bytes written so far; setting it back takes what came after away. */
  size = 0

  /** A copy of what was written, in a buffer of its own; the next write begins anew. */
  finish(): Buffer {
    const written = Buffer.allocUnsafeSlow(this.size)
    this.#bytes.copy(written, 0, 0, this.size)
    this.clear()
    return written
  }

  /** What was written, where it was written: gone with the next write. */
  written(): Uint8Array {
    return this.#bytes.subarray(0, this.size)
  }

  /** Begins anew. */
  clear(): void {
    this.size = 0
    if (this.#bytes.length > keptBytesMax) this.#bytes = Buffer.allocUnsafeSlow(firstBytes)
  }

  /** Begins a nested message. @returns what `close` must be given */
  open(tag: number): number {
    this.#reserve(2)
    this.#bytes[this.size++] = tag
    // One byte for the length, the common case; a longer one moves the body.
    return this.size++
  }

  /** Ends a nested message. */
  close(at: number): void {
    const length = this.size - at - 1
    const extra = varintLength(length) - 1
    if (extra > 0) {
      this.#reserve(extra)
      this.#bytes.copyWithin(at + 1 + extra, at + 1, this.size)
    }
    this.size = at
    this.#put32(length)
    this.size += length
  }

  /** A text or bytes. */
  slice(tag: number, from: Uint8Array, start: number, length: number): void {
    this.#reserve(6 + length)
    this.#bytes[this.size++] = tag
    this.#put32(length)
    // A call out of the engine costs as much as this loop over some 100 bytes.
    if (length > 96) this.#bytes.set(from.subarray(start, start + length), this.size)
    else {
      let at = this.size
      for (let index = start; index < start + length; index++) {
        this.#bytes[at++] = from[index] as number
      }
    }
    this.size += length
  }

  /** A KeyValue of 1 key and 3 v_str; its type is the default one. */
  textTag(tag: number, from: Uint8Array, found: Readonly<TagText>): void {
    const { keyStart, keyLength, textStart, textLength } = found
    if (keyLength + textLength > shortPairMax) {
      const at = this.open(tag)
      this.slice(0x0a, from, keyStart, keyLength)
      this.slice(0x1a, from, textStart, textLength)
      this.close(at)
      return
    }
    this.#reserve(6 + keyLength + textLength)
    const bytes = this.#bytes
    let at = this.size
    bytes[at++] = tag
    bytes[at++] = keyLength + textLength + 4
    bytes[at++] = 0x0a
    bytes[at++] = keyLength
    for (let index = keyStart; index < keyStart + keyLength; index++) {
      bytes[at++] = from[index] as number
    }
    bytes[at++] = 0x1a
    bytes[at++] = textLength
    for (let index = textStart; index < textStart + textLength; index++) {
      bytes[at++] = from[index] as number
    }
    this.size = at
  }

  /** An int32 or enum as a varint; a negative one takes 10 bytes, as protobuf says. */
  int32(tag: number, value: number): void {
    this.int64(tag, value, value >> 31)
  }

  /** A uint32 as a varint. */
  uint32(tag: number, value: number): void {
    this.int64(tag, value, 0)
  }

  /** An int64 as a varint. */
  int64(tag: number, low: number, high: number): void {
    this.#reserve(11)
    this.#bytes[this.size++] = tag
    let lower = low >>> 0
    let upper = high >>> 0
    while (upper > 0) {
      this.#bytes[this.size++] = (lower & 0x7f) | 0x80
      lower = ((lower >>> 7) | (upper << 25)) >>> 0
      upper >>>= 7
    }
    this.#put32(lower)
  }

  /** Eight bytes, little-endian. */
  fixed64(tag: number, low: number, high: number): void {
    this.#reserve(9)
    this.#bytes[this.size++] = tag
    this.size = this.#bytes.writeInt32LE(low | 0, this.size)
    this.size = this.#bytes.writeInt32LE(high | 0, this.size)
  }

  /** Tag and length of bytes that are written next, eight at a time, by `big64`. */
  bigHead(tag: number, length: number): void {
    this.#reserve(2 + length)
    this.#bytes[this.size++] = tag
    this.#bytes[this.size++] = length
  }

  /** Eight bytes, big-endian, for which `bigHead` has made room. */
  big64(low: number, high: number): void {
    this.size = this.#bytes.writeInt32BE(high | 0, this.size)
    this.size = this.#bytes.writeInt32BE(low | 0, this.size)
  }

  #put32(value: number): void {
    let rest = value >>> 0
    while (rest > 0x7f) {
      this.#bytes[this.size++] = (rest & 0x7f) | 0x80
      rest >>>= 7
    }
    this.#bytes[this.size++] = rest
  }

  #reserve(length: number): void {
    const needed = this.size + length
    if (needed <= this.#bytes.length) return
    const grown = Buffer.allocUnsafeSlow(Math.max(needed, this.#bytes.length * 2))
    this.#bytes.copy(grown, 0, 0, this.size)
    this.#bytes = grown
  }
}

/** With four bytes of tags and lengths it is as long as one byte tells. */
const shortPairMax = 123
/** Enough for the datagrams that are taken together. */
const firstBytes = 256 * 1024
/** More than this is given back after one that needed it. */
const keptBytesMax = 2 * 1024 * 1024
