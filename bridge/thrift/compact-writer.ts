import { ThriftType } from './thrift-type.ts'
import { ThriftWriter } from './thrift-writer.ts'

/**
 * Thrift's compact protocol: zigzag varints, field ids as differences, booleans in the field's head,
 * doubles little-endian, as all implementations write them.
 *
 * Source: Apache Thrift, doc/specs/thrift-compact-protocol.md.
 */
export class CompactWriter extends ThriftWriter {
  #lastFieldId = 0

  override struct(write: () => void): void {
    const outer = this.#lastFieldId
    this.#lastFieldId = 0
    write()
    this.#lastFieldId = outer
    this.put(0)
  }

  override field(id: number, type: number): void {
    this.#head(id, typeOf(type))
  }

  override boolField(id: number, value: boolean): void {
    this.#head(id, value ? compactTrue : compactFalse)
  }

  override i32(value: number): void {
    this.#varint32(((value << 1) ^ (value >> 31)) >>> 0)
  }

  override i64(value: bigint): void {
    this.reserve(10)
    let rest = BigInt.asUintN(64, (value << 1n) ^ (value >> 63n))
    while (rest > 0x7fn) {
      this.bytes[this.size++] = Number(rest & 0x7fn) | 0x80
      rest >>= 7n
    }
    this.bytes[this.size++] = Number(rest)
  }

  override double(littleEndian: Uint8Array): void {
    this.putAll(littleEndian)
  }

  override binary(value: Uint8Array): void {
    this.#varint32(value.length)
    this.putAll(value)
  }

  override list(elementType: number, count: number): void {
    const type = typeOf(elementType)
    if (count < longList) this.put((count << 4) | type)
    else {
      this.put((longList << 4) | type)
      this.#varint32(count)
    }
  }

  #head(id: number, type: number): void {
    const step = id - this.#lastFieldId
    this.#lastFieldId = id
    if (step > 0 && step < 16) this.put((step << 4) | type)
    else {
      this.put(type)
      this.i32(id)
    }
  }

  #varint32(value: number): void {
    this.reserve(5)
    let rest = value
    while (rest > 0x7f) {
      this.bytes[this.size++] = (rest & 0x7f) | 0x80
      rest >>>= 7
    }
    this.bytes[this.size++] = rest
  }
}

function typeOf(type: number): number {
  return compactTypes.get(type) ?? 0
}

const compactTrue = 1
const compactFalse = 2
/** From so many elements on the count stands behind the head. */
const longList = 15

/** The compact protocol's number of each type that is written. */
const compactTypes: ReadonlyMap<number, number> = new Map([
  [ThriftType.i32, 5],
  [ThriftType.i64, 6],
  [ThriftType.double, 7],
  [ThriftType.binary, 8],
  [ThriftType.list, 9],
  [ThriftType.struct, 12],
])
