import type { Envelope } from './thrift-reader.ts'
import { ThriftReader } from './thrift-reader.ts'
import { ThriftType } from './thrift-type.ts'

/**
 * Thrift's compact protocol: zigzag varints, field ids as differences, booleans in the field's head,
 * doubles little-endian, as all implementations write them.
 *
 * Source: Apache Thrift, doc/specs/thrift-compact-protocol.md.
 */
export class CompactReader extends ThriftReader {
  #lastFieldId = 0
  /** A boolean that came in its field's head: 1 true, 0 false, -1 none. */
  #headBool = -1

  override readonly itemBytesMin = 5

  override use(bytes: Uint8Array): void {
    super.use(bytes)
    this.#lastFieldId = 0
    this.#headBool = -1
  }

  override envelope(): Envelope {
    const id = this.#u8()
    if (id !== protocolId) {
      throw this.error('bad_value', `its protocol is 0x${id.toString(16)}, must be 0x82`)
    }
    const head = this.#u8()
    if ((head & 0x1f) !== version) {
      throw this.error('bad_value', `its version is ${head & 0x1f}, must be ${version}`)
    }
    this.#varint32()
    this.binary()
    const { start, length } = this
    const name = this.bytes.subarray(start, start + Math.min(length, nameLengthMax))
    return { method: String.fromCharCode(...name), type: head >>> 5 }
  }

  override enter(): number {
    const outer = this.#lastFieldId
    this.#lastFieldId = 0
    return outer
  }

  override leave(outer: number): void {
    this.#lastFieldId = outer
  }

  override field(): boolean {
    const head = this.#u8()
    if (head === 0) return false
    const delta = head >>> 4
    this.fieldId = delta === 0 ? this.i16() : this.#lastFieldId + delta
    this.#lastFieldId = this.fieldId
    const type = head & 0x0f
    this.#headBool = type === compactTrue ? 1 : type === compactFalse ? 0 : -1
    this.fieldType = this.#typeOf(type)
    return true
  }

  override bool(): boolean {
    if (this.#headBool < 0) return this.#u8() === compactTrue
    const value = this.#headBool === 1
    this.#headBool = -1
    return value
  }

  override i16(): number {
    return (this.i32() << 16) >> 16
  }

  override i32(): number {
    const value = this.#varint32()
    return (value >>> 1) ^ -(value & 1)
  }

  override i64(): void {
    const { bytes } = this
    let low = 0
    let high = 0
    for (let shift = 0; shift < 70; shift += 7) {
      const byte = bytes[this.take(1)] as number
      const bits = byte & 0x7f
      if (shift < 28) low |= bits << shift
      else if (shift === 28) {
        low |= bits << 28
        high |= bits >>> 4
      } else high |= bits << (shift - 32)
      if (byte < 0x80) {
        if (shift === 63 && byte > 1) throw this.error('bad_varint', 'it has more than 64 bits')
        const sign = -(low & 1)
        this.low = ((low >>> 1) | (high << 31)) ^ sign
        this.high = (high >>> 1) ^ sign
        return
      }
    }
    throw this.error('bad_varint', 'it has more than 10 bytes')
  }

  override double(): void {
    const at = this.take(8)
    this.low = this.#little32(at)
    this.high = this.#little32(at + 4)
  }

  override binary(): void {
    this.length = this.checked(this.#varint32(), 'length')
    this.start = this.take(this.length)
  }

  override list(): number {
    const head = this.#u8()
    this.elementType = this.#typeOf(head & 0x0f)
    const short = head >>> 4
    return this.checked(short === 15 ? this.#varint32() : short, 'count')
  }

  override map(): number {
    const count = this.#varint32()
    if (count === 0) return 0
    const types = this.#u8()
    this.keyType = this.#typeOf(types >>> 4)
    this.elementType = this.#typeOf(types & 0x0f)
    return this.checked(count, 'count')
  }

  /** 0x18 length key, 0x15 0, 0x18 length text, 0; the lengths in a byte each. */
  override textTag(): boolean {
    const { bytes, position: at, end } = this
    if (end - at < emptyTextTag || bytes[at] !== binaryHead) return false
    const keyLength = bytes[at + 1] as number
    if (keyLength > 0x7f || keyLength > end - at - emptyTextTag) return false
    const type = at + 2 + keyLength
    if (bytes[type] !== i32Head || bytes[type + 1] !== 0) return false
    const textLength = bytes[type + 3] as number
    const stop = type + 4 + textLength
    if (bytes[type + 2] !== binaryHead || textLength > 0x7f) return false
    if (stop >= end || bytes[stop] !== 0) return false
    this.start = at + 2
    this.length = keyLength
    this.textStart = type + 4
    this.textLength = textLength
    this.position = stop + 1
    return true
  }

  #typeOf(compact: number): number {
    const type = types[compact]
    if (type === undefined) throw this.error('bad_wire_type', `there is no type ${compact}`)
    return type
  }

  #varint32(): number {
    const { bytes } = this
    let value = 0
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = bytes[this.take(1)] as number
      value |= (byte & 0x7f) << shift
      if (byte < 0x80) {
        if (shift === 28 && byte > 0x0f) throw this.error('bad_varint', 'it has more than 32 bits')
        return value >>> 0
      }
    }
    throw this.error('bad_varint', 'it has more than 5 bytes')
  }

  #u8(): number {
    return this.bytes[this.take(1)] as number
  }

  #little32(at: number): number {
    const { bytes } = this
    return (
      (bytes[at] as number) |
      ((bytes[at + 1] as number) << 8) |
      ((bytes[at + 2] as number) << 16) |
      ((bytes[at + 3] as number) << 24)
    )
  }
}

/** A field that follows the one before, of a string and of a number. */
const binaryHead = 0x18
const i32Head = 0x15
/** Bytes of a tag whose key and text are empty. */
const emptyTextTag = 7
const protocolId = 0x82
const version = 1
const compactTrue = 1
const compactFalse = 2
/** No method that is served has a longer name. */
const nameLengthMax = 64

/** By the compact protocol's number. */
const types: readonly (number | undefined)[] = [
  undefined,
  ThriftType.bool,
  ThriftType.bool,
  ThriftType.i8,
  ThriftType.i16,
  ThriftType.i32,
  ThriftType.i64,
  ThriftType.double,
  ThriftType.binary,
  ThriftType.list,
  ThriftType.set,
  ThriftType.map,
  ThriftType.struct,
  ThriftType.uuid,
]
