import type { WireReader } from '../wire/reader.ts'
import { expectWireType, WireType } from '../wire/reader.ts'

/**
 * google.protobuf.Timestamp and google.protobuf.Duration -> nanoseconds.
 *
 *   1 seconds  int64
 *   2 nanos    int32
 *
 * Every pair is taken, also a negative one and one whose nanos are over a second, which protobuf
 * forbids: clients' clocks are no reason to lose a span. The result can lie outside 64 bits; what
 * does not fit the model is bounded by `clampNano`. Unknown fields are not kept.
 *
 * Usual times are kept as two numbers, as bigints would cost more than all the rest of their reading.
 *
 * Source: protobuf, google/protobuf/timestamp.proto and duration.proto.
 */
export class WireTime {
  #seconds = 0
  #nanos = 0
  /** Nanoseconds, where they are no usual time. */
  #long: bigint | undefined

  /** Back to zero, which is what an absent one is. */
  clear(): void {
    this.#seconds = 0
    this.#nanos = 0
    this.#long = undefined
  }

  /** Reads from the reader's position to its end. */
  read(reader: WireReader): void {
    this.clear()
    const start = reader.position
    if (this.#readUsual(reader.bytes, start, reader.end)) reader.position = reader.end
    else this.#long = decodeNano(reader)
  }

  /** Seconds below 2^33, if it is a usual time: from zero to the year 2242, read without a bigint. */
  get isUsual(): boolean {
    return this.#long === undefined
  }

  /** Whether it is zero, as an absent one is. */
  get isZero(): boolean {
    return this.#long === undefined && this.#seconds === 0 && this.#nanos === 0
  }

  /** All of it in nanoseconds. */
  get nano(): bigint {
    return this.#long ?? BigInt(this.#seconds) * 1_000_000_000n + BigInt(this.#nanos)
  }

  /** Adds a usual time to a number in two halves. */
  addTo(halves: Halves): void {
    // A billion times 2^16 is exact in a double, so the seconds go in two parts.
    const upper = Math.floor(this.#seconds / 65_536) * 1e9
    const lower = (this.#seconds % 65_536) * 1e9 + this.#nanos + halves.low
    const low = (upper % 65_536) * 65_536 + lower
    halves.high += Math.floor(upper / 65_536) + Math.floor(low / 0x1_0000_0000)
    halves.low = low >>> 0
  }

  /** One varint of at most five bytes for each field, in order, padded or not. */
  #readUsual(bytes: Uint8Array, start: number, end: number): boolean {
    let at = start
    for (let field = 1; field <= 2; field++) {
      if (at >= end || bytes[at] !== field << 3) continue
      let value = 0
      let scale = 1
      let byte = 0x80
      at += 1
      while (byte >= 0x80) {
        if (at >= end || scale > largestScale) return false
        byte = bytes[at++] as number
        value += (byte & 0x7f) * scale
        scale *= 0x80
      }
      if (field === 1) this.#seconds = value
      else this.#nanos = value
    }
    return at === end && this.#seconds < secondsMax && this.#nanos < 0x8000_0000
  }
}

/** An unsigned 64-bit number without a bigint. */
export interface Halves {
  low: number
  high: number
}

/** Sets the halves of a number from 0 to 2^64 - 1. */
export function setHalves(halves: Halves, value: bigint): void {
  halves.low = Number(value & 0xffff_ffffn)
  halves.high = Number(value >> 32n)
}

/** Latest time that is kept, the largest that peers hold (int64 nanoseconds): April 2262. */
export const nanoMax = 2n ** 63n - 1n

/** The nearest time that the model and all peers can hold: from 1970 to 2262. */
export function clampNano(nano: bigint): bigint {
  if (nano < 0n) return 0n
  return nano > nanoMax ? nanoMax : nano
}

/** A number of nanoseconds for people: seconds with nine decimals. */
export function secondsText(nano: bigint): string {
  const digits = (nano < 0n ? -nano : nano).toString().padStart(10, '0')
  return `${nano < 0n ? '-' : ''}${digits.slice(0, -9)}.${digits.slice(-9)} s`
}

function decodeNano(reader: WireReader): bigint {
  let seconds = 0n
  let nanos = 0
  while (reader.more()) {
    const tag = reader.tag()
    if (tag >>> 3 === 1) {
      expectWireType(tag, WireType.varint, reader)
      seconds = reader.int64()
    } else if (tag >>> 3 === 2) {
      expectWireType(tag, WireType.varint, reader)
      nanos = reader.int32()
    } else reader.skip(tag)
  }
  return seconds * 1_000_000_000n + BigInt(nanos)
}

/** Of the fifth byte of a varint. */
const largestScale = 0x80 ** 4
const secondsMax = 2 ** 33
