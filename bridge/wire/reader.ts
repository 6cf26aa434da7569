import { isUtf8 } from 'node:buffer'
import { WireError } from './wire-error.ts'

/**
 * Protobuf's wire types. Groups (3 and 4) are obsolete; as unknown fields they are still skipped.
 *
 * Source: protobuf.dev/programming-guides/encoding.
 */
export const WireType = {
  varint: 0,
  fixed64: 1,
  bytes: 2,
  groupStart: 3,
  groupEnd: 4,
  fixed32: 5,
} as const

/** Deepest nesting of messages that is read; protobuf's own implementations use the same. */
export const nestingMax = 100

/**
 * Reads protobuf bytes from `position` up to `end`, in place, without copying.
 *
 * Every read is checked against `end`, so a length that lies costs nothing: it is an error before
 * anything is allocated. A broken message throws `WireError` with the offset in the whole array.
 */
export class WireReader {
  readonly bytes: Uint8Array
  position: number
  end: number
  readonly #view: DataView

  constructor(bytes: Uint8Array, start = 0, end = bytes.length) {
    // A plain view, so that what is read from a Buffer equals what is read from a Uint8Array.
    this.bytes = Buffer.isBuffer(bytes)
      ? new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength)
      : bytes
    this.position = start
    this.end = end
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }

  /** True while there is something left to read. */
  more(): boolean {
    return this.position < this.end
  }

  /** The next field's tag: number << 3 | wire type. */
  tag(): number {
    const at = this.position
    const tag = this.#uint32Only()
    if (tag >>> 3 === 0) throw new WireError('bad_tag', 'Cannot read field: its number is 0', at)
    return tag
  }

  /** A varint's lower 32 bits as an unsigned number; the upper ones are dropped, as protobuf says. */
  uint32(): number {
    const bytes = this.bytes
    const at = this.position
    let position = at
    let value = 0
    for (let shift = 0; shift < 70; shift += 7) {
      if (position >= this.end) throw truncated('varint', at)
      const byte = bytes[position++] as number
      if (shift < 32) value |= (byte & 0x7f) << shift
      if (byte < 0x80) {
        if (shift === 63 && byte > 1) throw tooLarge(64, at)
        this.position = position
        return value >>> 0
      }
    }
    throw new WireError('bad_varint', 'Cannot read varint: it has more than 10 bytes', at)
  }

  /**
   * A tag or length: at most 5 bytes and 32 bits. Cutting more off, as scalars do, would read
   * another field or length than other implementations.
   */
  #uint32Only(): number {
    const at = this.position
    let value = 0
    for (let shift = 0; shift < 35; shift += 7) {
      if (this.position >= this.end) throw truncated('varint', at)
      const byte = this.bytes[this.position++] as number
      value |= (byte & 0x7f) << shift
      if (byte < 0x80) {
        if (shift === 28 && byte > 0x0f) throw tooLarge(32, at)
        return value >>> 0
      }
    }
    throw new WireError('bad_varint', 'Cannot read tag or length: it has more than 5 bytes', at)
  }

  /** A varint as an unsigned 64-bit number. */
  uint64(): bigint {
    const at = this.position
    let low = 0
    let high = 0
    for (let shift = 0; shift < 70; shift += 7) {
      if (this.position >= this.end) throw truncated('varint', at)
      const byte = this.bytes[this.position++] as number
      const bits = byte & 0x7f
      if (shift < 28) low |= bits << shift
      else if (shift === 28) {
        low |= bits << 28
        high |= bits >>> 4
      } else high |= bits << (shift - 32)
      if (shift === 63 && byte > 1) throw tooLarge(64, at)
      if (byte < 0x80) return (BigInt(high >>> 0) << 32n) | BigInt(low >>> 0)
    }
    throw new WireError('bad_varint', 'Cannot read varint: it has more than 10 bytes', at)
  }

  /** A varint as a signed 64-bit number (int64, two's complement). */
  int64(): bigint {
    return BigInt.asIntN(64, this.uint64())
  }

  /** A varint as a signed 32-bit number (int32, enum). */
  int32(): number {
    return this.uint32() | 0
  }

  /** A varint as a boolean; any bit set is true. */
  bool(): boolean {
    return this.uint64() !== 0n
  }

  /** Four bytes, little-endian. */
  fixed32(): number {
    const at = this.#take(4, 'fixed32')
    return this.#view.getUint32(at, true)
  }

  /** Eight bytes, little-endian, unsigned. */
  fixed64(): bigint {
    const at = this.#take(8, 'fixed64')
    return this.#view.getBigUint64(at, true)
  }

  /** Eight bytes as an IEEE 754 double. */
  double(): number {
    const at = this.#take(8, 'double')
    return this.#view.getFloat64(at, true)
  }

  /** Reads a length and moves behind it; the field's bytes are the next `length` ones, all there. */
  length(): number {
    const at = this.position
    const length = this.#uint32Only()
    if (length > this.end - this.position) {
      throw new WireError(
        'bad_length',
        `Cannot read field: its length is ${length}, only ${this.end - this.position} bytes are left`,
        at,
      )
    }
    return length
  }

  /** A length-delimited field as a view of the message; a later change of one shows in the other. */
  slice(): Uint8Array {
    const length = this.length()
    const at = this.position
    this.position = at + length
    return this.bytes.subarray(at, at + length)
  }

  /** A string; invalid UTF-8 is an error, as proto3 demands. */
  string(): string {
    const at = this.position
    const text = this.slice()
    if (!isUtf8(text)) throw new WireError('bad_utf8', 'Cannot read string: it is not UTF-8', at)
    return textOf(text)
  }

  /** Goes behind the value of a field that nobody asked for. */
  skip(tag: number, depth = 0): void {
    const at = this.position
    switch (tag & 7) {
      case WireType.varint:
        this.uint64()
        return
      case WireType.fixed64:
        this.#take(8, 'fixed64')
        return
      case WireType.bytes: {
        // Not `+=` at once: that would take the position from before the length was read.
        const length = this.length()
        this.position += length
        return
      }
      case WireType.fixed32:
        this.#take(4, 'fixed32')
        return
      case WireType.groupStart:
        this.#skipGroup(tag >>> 3, depth)
        return
      default:
        throw new WireError('bad_wire_type', `Cannot skip field: wire type ${tag & 7}`, at)
    }
  }

  #skipGroup(field: number, depth: number): void {
    const at = this.position
    if (depth >= nestingMax) {
      throw new WireError('too_deep', `Cannot skip group: nested over ${nestingMax} deep`, at)
    }
    while (this.more()) {
      const tag = this.tag()
      if ((tag & 7) === WireType.groupEnd) {
        if (tag >>> 3 === field) return
        throw new WireError('bad_wire_type', 'Cannot skip group: its end has another number', at)
      }
      this.skip(tag, depth + 1)
    }
    throw truncated('group', at)
  }

  #take(length: number, what: string): number {
    const at = this.position
    if (length > this.end - at) throw truncated(what, at)
    this.position = at + length
    return at
  }
}

/** Text of bytes that are known to be UTF-8. */
export function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8')
}

/** Fails unless a known field came with its own wire type. */
export function expectWireType(tag: number, type: number, reader: WireReader): void {
  if ((tag & 7) === type) return
  throw new WireError(
    'bad_wire_type',
    `Cannot read field ${tag >>> 3}: wire type is ${tag & 7}, must be ${type}`,
    reader.position,
  )
}

function tooLarge(bits: number, at: number): WireError {
  return new WireError('bad_varint', `Cannot read varint: it has more than ${bits} bits`, at)
}

function truncated(what: string, at: number): WireError {
  return new WireError('truncated', `Cannot read ${what}: the message ends before it`, at)
}

/** The length in a varint of two bytes; -1 for a longer or a padded one. */
export function twoByteLength(low: number, high: number): number {
  return high >= 0x80 || high === 0 ? -1 : (low & 0x7f) | (high << 7)
}
