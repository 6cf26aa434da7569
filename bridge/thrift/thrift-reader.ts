import { WireError } from '../wire/wire-error.ts'
import { ThriftType } from './thrift-type.ts'

/** Deepest nesting that is read; Apache Thrift's own readers use the same. */
export const nestingMax = 64

/** What stands before the arguments of a call. */
export interface Envelope {
  readonly method: string
  /** A `MessageType`, or a number that is none. */
  readonly type: number
}

/**
 * Reads one Thrift message in place, without copying and without an object for a value: a read
 * leaves what it found in the properties below.
 *
 * Every length and count is checked against what is left before anything is done with it, so one
 * that lies costs nothing. Broken bytes throw `WireError` with their offset. One reader serves one
 * message after the other.
 */
export abstract class ThriftReader {
  bytes: Uint8Array = nothing
  position = 0
  end = 0
  /** Of the last `field()`. */
  fieldId = 0
  /** Of the last `field()`, a `ThriftType`. */
  fieldType = 0
  /** Of the last `list()`. */
  elementType = 0
  /** Of the last `map()`. */
  keyType = 0
  /** Halves of the last 64-bit number: an integer, or a double's bits. */
  low = 0
  high = 0
  /** Where the last `binary()` lies. */
  start = 0
  length = 0
  /** Where the text of the last `textTag()` lies. */
  textStart = 0
  textLength = 0

  /** Begins with other bytes. */
  use(bytes: Uint8Array): void {
    this.bytes = bytes
    this.position = 0
    this.end = bytes.length
  }

  /** Two fields, the shortest that there are, and the end: no struct that says something takes less. */
  abstract readonly itemBytesMin: number

  /** Method and kind of the message that follows. */
  abstract envelope(): Envelope
  /** Begins a struct. @returns what `leave` must be given */
  abstract enter(): number
  /** Ends a struct whose last `field()` was false. */
  abstract leave(outer: number): void
  /** Goes to the next field of the struct; false when there is none. */
  abstract field(): boolean
  abstract bool(): boolean
  abstract i16(): number
  abstract i32(): number
  /** Into `low` and `high`. */
  abstract i64(): void
  /** Its bits into `low` and `high`. */
  abstract double(): void
  /** A string or bytes, into `start` and `length`. */
  abstract binary(): void
  /** Begins a list or a set. @returns how many elements of `elementType` follow, all of them there */
  abstract list(): number
  /** Begins a map. @returns how many pairs of `keyType` and `elementType` follow */
  abstract map(): number

  /**
   * Goes behind a Tag that holds a text, most tags, when it is written as clients write it: key,
   * type and text in this order and nothing else. One look at its bytes costs less than half of
   * reading it field by field. The key is then in `start` and `length`.
   *
   * @returns false for any other bytes, also broken ones; then nothing was read
   */
  abstract textTag(): boolean

  /** Goes behind a value that nobody asked for. */
  skip(type: number, depth = 0): void {
    if (depth > nestingMax) throw this.error('too_deep', `nested over ${nestingMax} deep`)
    switch (type) {
      case ThriftType.bool:
        this.bool()
        return
      case ThriftType.i8:
        this.take(1)
        return
      case ThriftType.i16:
        this.i16()
        return
      case ThriftType.i32:
        this.i32()
        return
      case ThriftType.i64:
        this.i64()
        return
      case ThriftType.double:
        this.take(8)
        return
      case ThriftType.binary:
        this.binary()
        return
      case ThriftType.uuid:
        this.take(16)
        return
      default:
        this.#skipContainer(type, depth)
    }
  }

  #skipContainer(type: number, depth: number): void {
    if (type === ThriftType.struct) {
      const outer = this.enter()
      while (this.field()) this.skip(this.fieldType, depth + 1)
      this.leave(outer)
    } else if (type === ThriftType.list || type === ThriftType.set) {
      const count = this.list()
      const { elementType } = this
      for (let left = count; left > 0; left--) this.skip(elementType, depth + 1)
    } else if (type === ThriftType.map) {
      const count = this.map()
      const { keyType, elementType } = this
      for (let left = count; left > 0; left--) {
        this.skip(keyType, depth + 1)
        this.skip(elementType, depth + 1)
      }
    } else throw this.error('bad_wire_type', `there is no type ${type}`)
  }

  /** Goes behind so many bytes and gives where they begin. */
  protected take(length: number): number {
    const at = this.position
    if (length > this.end - at) throw this.error('truncated', 'the message ends before it')
    this.position = at + length
    return at
  }

  /** A length of bytes, or a count of elements, each of which takes at least one byte. */
  protected checked(count: number, what: string): number {
    const left = this.end - this.position
    if (count < 0) throw this.error('bad_length', `its ${what} is ${count}`)
    if (count > left) {
      throw this.error('truncated', `its ${what} is ${count}, only ${left} bytes are left`)
    }
    return count
  }

  protected error(code: WireError['code'], state: string): WireError {
    return new WireError(code, `Cannot read Thrift value: ${state}`, this.position)
  }
}

const nothing = new Uint8Array(0)
