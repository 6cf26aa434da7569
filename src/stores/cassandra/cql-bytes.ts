import cassandra from 'cassandra-driver'

/**
 * Values as Cassandra's native protocol has them. The driver takes such bytes for any type as they are, which saves
 * it a look at each: what is in many rows is made once.
 *
 * Source: Apache Cassandra, native_protocol_v4.spec, section 6.
 */

/** A `bigint`, or a `timestamp` in ms since the epoch. */
export function bigintBytes(value: bigint): Buffer {
  const bytes = Buffer.allocUnsafe(8)
  bytes.writeBigInt64BE(value)
  return bytes
}

/** An `int`. */
export function intBytes(value: number): Buffer {
  const bytes = Buffer.allocUnsafe(4)
  bytes.writeInt32BE(value)
  return bytes
}

/** A `text`. */
export function textBytes(value: string): Buffer {
  return Buffer.from(value)
}

/** Leaves a column as it is, where null would be a tombstone. */
export const unset: unknown = cassandra.types.unset

const initialBytes = 16 * 1024
/** What is longer than this is not kept for the next value. */
const keptBytesMax = 1024 * 1024

/**
 * Writes values that have values in them: lists and user-defined types. Every part has its length before it, in 4
 * bytes; -1 stands for null.
 */
export class CqlWriter {
  #bytes = Buffer.allocUnsafeSlow(initialBytes)
  #size = 0

  /** What `write` writes. */
  value(write: () => void): Buffer {
    this.#size = 0
    write()
    const value = Buffer.from(this.#bytes.subarray(0, this.#size))
    if (this.#bytes.length > keptBytesMax) this.#bytes = Buffer.allocUnsafeSlow(initialBytes)
    return value
  }

  /** How many items a list has, as its first part. */
  count(items: number): void {
    this.#reserve(4)
    this.#size = this.#bytes.writeInt32BE(items, this.#size)
  }

  /** A part that `write` writes the parts of. */
  nested(write: () => void): void {
    const start = this.#size
    this.#reserve(4)
    this.#size += 4
    write()
    this.#bytes.writeInt32BE(this.#size - start - 4, start)
  }

  /** So many nulls. */
  nulls(parts: number): void {
    this.#reserve(parts * 4)
    for (let part = 0; part < parts; part++) {
      this.#size = this.#bytes.writeInt32BE(-1, this.#size)
    }
  }

  text(value: string | null): void {
    if (value === null) {
      this.nulls(1)
      return
    }
    this.#reserve(4 + value.length * utf8BytesMax)
    const start = this.#size + 4
    const length = this.#bytes.write(value, start)
    this.#bytes.writeInt32BE(length, start - 4)
    this.#size = start + length
  }

  blob(value: Uint8Array | null): void {
    if (value === null) {
      this.nulls(1)
      return
    }
    this.#length(value.length)
    this.#bytes.set(value, this.#size)
    this.#size += value.length
  }

  boolean(value: boolean): void {
    this.#length(1)
    this.#size = this.#bytes.writeUInt8(value ? 1 : 0, this.#size)
  }

  bigint(value: bigint | null): void {
    if (value === null) {
      this.nulls(1)
      return
    }
    this.#length(8)
    this.#size = this.#bytes.writeBigInt64BE(value, this.#size)
  }

  double(value: number): void {
    this.#length(8)
    this.#size = this.#bytes.writeDoubleBE(value, this.#size)
  }

  /** The length of a part, and room for it. */
  #length(bytes: number): void {
    this.#reserve(4 + bytes)
    this.#size = this.#bytes.writeInt32BE(bytes, this.#size)
  }

  #reserve(bytes: number): void {
    const needed = this.#size + bytes
    if (needed <= this.#bytes.length) return
    const larger = Buffer.allocUnsafeSlow(Math.max(needed, this.#bytes.length * 2))
    larger.set(this.#bytes.subarray(0, this.#size))
    this.#bytes = larger
  }
}

/** Of a UTF-16 unit. */
const utf8BytesMax = 3
