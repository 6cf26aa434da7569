import { WireType } from './reader.ts'

/** Up to here letters are written one by one: asking the engine costs more than they do. */
const shortTextMax = 64
/** The same of bytes, such as ids. */
const shortBytesMax = 32

/**
 * Writes protobuf bytes into one growing array.
 *
 * Scalar writers leave out proto3's default value (0, false, ''), as encoders do; use the
 * `...Always` form inside a oneof, where presence has a meaning. A nested message is written in
 * place and its length filled in behind, so that no child is encoded twice.
 */
export class WireWriter {
  #bytes: Buffer
  #size = 0

  constructor(capacityBytes = 1024) {
    this.#bytes = Buffer.allocUnsafe(capacityBytes)
  }

  /** Bytes written so far. */
  get sizeBytes(): number {
    return this.#size
  }

  /** What was written, as a copy of its own length. */
  finish(): Uint8Array {
    return new Uint8Array(this.#bytes.subarray(0, this.#size))
  }

  /** Takes back what was written behind so many bytes, between two messages. */
  truncate(sizeBytes: number): void {
    this.#size = sizeBytes
  }

  /** Bytes as they are, for fields that are already encoded. */
  raw(bytes: Uint8Array | undefined): void {
    if (bytes === undefined || bytes.length === 0) return
    this.#reserve(bytes.length)
    if (bytes.length <= shortBytesMax) {
      for (let at = 0; at < bytes.length; at++) this.#bytes[this.#size + at] = bytes[at] as number
    } else this.#bytes.set(bytes, this.#size)
    this.#size += bytes.length
  }

  /** A varint of up to 32 bits, unsigned; nothing when it is 0. */
  uint32(field: number, value: number): void {
    if (value === 0) return
    this.#tag(field, WireType.varint)
    this.#varint32(value >>> 0)
  }

  /** An enum or int32; a negative one takes 10 bytes, as protobuf says. Nothing when it is 0. */
  int32(field: number, value: number): void {
    if (value >= 0) this.uint32(field, value)
    else this.int64Always(field, BigInt(value))
  }

  /** An int64 as varint, also when it is 0. */
  int64Always(field: number, value: bigint): void {
    this.#tag(field, WireType.varint)
    this.#varint64(BigInt.asUintN(64, value))
  }

  /** An int64 or uint64 as varint; nothing when it is 0. */
  int64(field: number, value: bigint): void {
    if (value !== 0n) this.int64Always(field, value)
  }

  /** A boolean, also when it is false. */
  boolAlways(field: number, value: boolean): void {
    this.#tag(field, WireType.varint)
    this.#varint32(value ? 1 : 0)
  }

  /** Eight bytes, little-endian, also when 0. */
  fixed64Always(field: number, value: bigint): void {
    this.#tag(field, WireType.fixed64)
    this.#reserve(8)
    this.#size = this.#bytes.writeBigUInt64LE(BigInt.asUintN(64, value), this.#size)
  }

  /** Eight bytes, little-endian; nothing when 0. */
  fixed64(field: number, value: bigint): void {
    if (value !== 0n) this.fixed64Always(field, value)
  }

  /** Four bytes, little-endian; nothing when 0. */
  fixed32(field: number, value: number): void {
    if (value === 0) return
    this.#tag(field, WireType.fixed32)
    this.#reserve(4)
    this.#size = this.#bytes.writeUInt32LE(value >>> 0, this.#size)
  }

  /** A double, also when it is 0. */
  doubleAlways(field: number, value: number): void {
    this.#tag(field, WireType.fixed64)
    this.#reserve(8)
    this.#size = this.#bytes.writeDoubleLE(value, this.#size)
  }

  /** Bytes with their length, also when there are none. */
  bytesAlways(field: number, value: Uint8Array): void {
    this.#tag(field, WireType.bytes)
    this.#varint32(value.length)
    this.raw(value)
  }

  /** Bytes with their length; nothing when there are none. */
  bytes(field: number, value: Uint8Array | undefined): void {
    if (value !== undefined && value.length > 0) this.bytesAlways(field, value)
  }

  /** A string, also when it is empty. */
  stringAlways(field: number, value: string): void {
    this.#tag(field, WireType.bytes)
    if (value.length <= shortTextMax && this.#shortAscii(value)) return
    const length = Buffer.byteLength(value, 'utf8')
    this.#varint32(length)
    this.#reserve(length)
    this.#size += this.#bytes.write(value, this.#size, length, 'utf8')
  }

  /** A string; nothing when it is empty. */
  string(field: number, value: string): void {
    if (value !== '') this.stringAlways(field, value)
  }

  /** A nested message, also when it is empty: `write` fills it. */
  message(field: number, write: (writer: this) => void): void {
    this.#tag(field, WireType.bytes)
    // One byte is left for the length, the common case; a longer one moves the body.
    this.#reserve(1)
    const at = this.#size
    this.#size += 1
    write(this)
    const length = this.#size - at - 1
    const extra = varintLength(length) - 1
    if (extra > 0) {
      this.#reserve(extra)
      this.#bytes.copyWithin(at + 1 + extra, at + 1, this.#size)
    }
    this.#size = at
    this.#varint32(length)
    this.#size += length
  }

  /** Length and letters of a short text. @returns false, with nothing written, when it is not ASCII */
  #shortAscii(value: string): boolean {
    const { length } = value
    this.#reserve(1 + length)
    const bytes = this.#bytes
    const start = this.#size + 1
    for (let at = 0; at < length; at++) {
      const code = value.charCodeAt(at)
      if (code > 0x7f) return false
      bytes[start + at] = code
    }
    bytes[start - 1] = length
    this.#size = start + length
    return true
  }

  #tag(field: number, type: number): void {
    this.#varint32(((field << 3) | type) >>> 0)
  }

  #varint32(value: number): void {
    this.#reserve(5)
    let rest = value
    while (rest > 0x7f) {
      this.#bytes[this.#size++] = (rest & 0x7f) | 0x80
      rest >>>= 7
    }
    this.#bytes[this.#size++] = rest
  }

  #varint64(value: bigint): void {
    this.#reserve(10)
    let rest = value
    while (rest > 0x7fn) {
      this.#bytes[this.#size++] = Number(rest & 0x7fn) | 0x80
      rest >>= 7n
    }
    this.#bytes[this.#size++] = Number(rest)
  }

  #reserve(length: number): void {
    const needed = this.#size + length
    if (needed <= this.#bytes.length) return
    const grown = Buffer.allocUnsafe(Math.max(needed, this.#bytes.length * 2))
    this.#bytes.copy(grown, 0, 0, this.#size)
    this.#bytes = grown
  }
}

/** Bytes that a varint of this unsigned 32-bit value takes. */
export function varintLength(value: number): number {
  if (value < 0x80) return 1
  if (value < 0x4000) return 2
  if (value < 0x20_0000) return 3
  return value < 0x1000_0000 ? 4 : 5
}
