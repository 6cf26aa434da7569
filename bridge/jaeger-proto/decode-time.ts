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
 * Source: protobuf, google/protobuf/timestamp.proto and duration.proto.
 *
 * @param end where the message ends
 */
export function decodeNano(reader: WireReader, end: number): bigint {
  let seconds = 0n
  let nanos = 0
  while (reader.position < end) {
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
