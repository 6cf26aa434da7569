/**
 * Writes Thrift values into one growing array: structs whose fields are given in ascending order.
 * Which protocol's bytes these are is what the two classes behind it say.
 */
export abstract class ThriftWriter {
  protected bytes = Buffer.allocUnsafe(firstBytes)
  protected size = 0

  /** What was written, as a copy of its own length; the next write begins anew. */
  finish(): Uint8Array {
    const written = new Uint8Array(this.bytes.subarray(0, this.size))
    this.size = 0
    return written
  }

  /** A struct, whose fields `write` gives. */
  abstract struct(write: () => void): void
  /** Begins a field; its value comes next. @param type a `ThriftType` other than `bool` */
  abstract field(id: number, type: number): void
  /** A whole field that holds a boolean. */
  abstract boolField(id: number, value: boolean): void
  /** A whole number of 32 bits, signed. */
  abstract i32(value: number): void
  /** A whole number of 64 bits, signed. */
  abstract i64(value: bigint): void
  /** Eight bytes of a double, as they are in memory: the lowest first. */
  abstract double(littleEndian: Uint8Array): void
  /** A string or bytes. */
  abstract binary(value: Uint8Array): void
  /** Begins a list of so many elements of a `ThriftType`. */
  abstract list(elementType: number, count: number): void

  protected put(byte: number): void {
    this.reserve(1)
    this.bytes[this.size++] = byte
  }

  protected putAll(from: Uint8Array): void {
    this.reserve(from.length)
    this.bytes.set(from, this.size)
    this.size += from.length
  }

  protected reserve(length: number): void {
    const needed = this.size + length
    if (needed <= this.bytes.length) return
    const grown = Buffer.allocUnsafe(Math.max(needed, this.bytes.length * 2))
    this.bytes.copy(grown, 0, 0, this.size)
    this.bytes = grown
  }
}

const firstBytes = 16 * 1024
