import type { Envelope } from './thrift-reader.ts'
import { ThriftReader } from './thrift-reader.ts'
import { ThriftType } from './thrift-type.ts'

/**
 * Thrift's binary protocol: numbers of fixed length, big-endian. Messages have the strict header
 * (version 1) or the old one that begins with the length of the name.
 *
 * Source: Apache Thrift, doc/specs/thrift-binary-protocol.md.
 */
export class BinaryReader extends ThriftReader {
  /** A text and a number of 32 bits: three bytes before each. */
  override readonly itemBytesMin = 15

  override envelope(): Envelope {
    const first = this.i32()
    if (first < 0) {
      if (first >>> 16 !== strictVersion1) {
        throw this.error(
          'bad_value',
          `its version is 0x${(first >>> 16).toString(16)}, must be 0x8001`,
        )
      }
      const method = this.#name(this.i32())
      this.i32()
      return { method, type: first & 0xff }
    }
    const method = this.#name(first)
    const type = this.#u8()
    this.i32()
    return { method, type }
  }

  override enter(): number {
    return 0
  }

  override leave(): void {}

  override field(): boolean {
    this.fieldType = this.#u8()
    if (this.fieldType === 0) return false
    this.fieldId = this.i16()
    return true
  }

  override bool(): boolean {
    return this.#u8() !== 0
  }

  override i16(): number {
    const at = this.take(2)
    const { bytes } = this
    return (((bytes[at] as number) << 24) >> 16) | (bytes[at + 1] as number)
  }

  override i32(): number {
    return this.#big32(this.take(4))
  }

  override i64(): void {
    const at = this.take(8)
    this.high = this.#big32(at)
    this.low = this.#big32(at + 4)
  }

  override double(): void {
    this.i64()
  }

  override binary(): void {
    this.length = this.checked(this.i32(), 'length')
    this.start = this.take(this.length)
  }

  override list(): number {
    this.elementType = this.#u8()
    return this.checked(this.i32(), 'count')
  }

  override map(): number {
    this.keyType = this.#u8()
    this.elementType = this.#u8()
    return this.checked(this.i32(), 'count')
  }

  /** 11 0 1 length key, 8 0 2 type, 11 0 3 length text, 0. */
  override textTag(): boolean {
    const { bytes, position: at, end } = this
    if (end - at < emptyTextTag || !this.#isHead(at, ThriftType.binary, 1)) return false
    const keyLength = this.#big32(at + 3)
    if (keyLength < 0 || keyLength > end - at - emptyTextTag) return false
    const type = at + 7 + keyLength
    if (!this.#isHead(type, ThriftType.i32, 2) || this.#big32(type + 3) !== 0) return false
    if (!this.#isHead(type + 7, ThriftType.binary, 3)) return false
    const textLength = this.#big32(type + 10)
    const stop = type + 14 + textLength
    if (textLength < 0 || stop >= end || bytes[stop] !== 0) return false
    this.start = at + 7
    this.length = keyLength
    this.textStart = type + 14
    this.textLength = textLength
    this.position = stop + 1
    return true
  }

  /** Whether there is the head of a field with a small number. */
  #isHead(at: number, type: number, id: number): boolean {
    const { bytes } = this
    return bytes[at] === type && bytes[at + 1] === 0 && bytes[at + 2] === id
  }

  #name(length: number): string {
    const at = this.take(this.checked(length, 'length'))
    return String.fromCharCode(...this.bytes.subarray(at, at + Math.min(length, nameLengthMax)))
  }

  #u8(): number {
    return this.bytes[this.take(1)] as number
  }

  #big32(at: number): number {
    const { bytes } = this
    return (
      ((bytes[at] as number) << 24) |
      ((bytes[at + 1] as number) << 16) |
      ((bytes[at + 2] as number) << 8) |
      (bytes[at + 3] as number)
    )
  }
}

/** Bytes of a tag whose key and text are empty: heads, lengths, the type and the end. */
const emptyTextTag = 22
const strictVersion1 = 0x8001
/** No method that is served has a longer name. */
const nameLengthMax = 64
