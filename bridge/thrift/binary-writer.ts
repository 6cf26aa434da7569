import { ThriftType } from './thrift-type.ts'
import { ThriftWriter } from './thrift-writer.ts'

/**
 * Thrift's binary protocol: numbers of fixed length, big-endian.
 *
 * Source: Apache Thrift, doc/specs/thrift-binary-protocol.md.
 */
export class BinaryWriter extends ThriftWriter {
  override struct(write: () => void): void {
    write()
    this.put(0)
  }

  override field(id: number, type: number): void {
    this.reserve(3)
    this.bytes[this.size] = type
    this.size = this.bytes.writeInt16BE(id, this.size + 1)
  }

  override boolField(id: number, value: boolean): void {
    this.field(id, ThriftType.bool)
    this.put(value ? 1 : 0)
  }

  override i32(value: number): void {
    this.reserve(4)
    this.size = this.bytes.writeInt32BE(value, this.size)
  }

  override i64(value: bigint): void {
    this.reserve(8)
    this.size = this.bytes.writeBigInt64BE(value, this.size)
  }

  override double(littleEndian: Uint8Array): void {
    this.reserve(8)
    for (let at = 7; at >= 0; at--) this.bytes[this.size++] = littleEndian[at] as number
  }

  override binary(value: Uint8Array): void {
    this.i32(value.length)
    this.putAll(value)
  }

  override list(elementType: number, count: number): void {
    this.put(elementType)
    this.i32(count)
  }
}
