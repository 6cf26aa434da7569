import type { Duration } from '../../../proto/gen/google/protobuf/Duration.ts'
import type { Timestamp, Timestamp__Output } from '../../../proto/gen/google/protobuf/Timestamp.ts'

/** A google.protobuf.Timestamp of whole µs since the epoch. */
export function timestampOfMicros(micros: number): Timestamp {
  const seconds = Math.floor(micros / 1_000_000)
  return { seconds, nanos: (micros - seconds * 1_000_000) * 1000 }
}

/** Whole µs since the epoch, truncated; undefined where there is none. */
export function microsOfTimestamp(timestamp: Timestamp__Output | null): number | undefined {
  if (timestamp === null) return undefined
  return Number(timestamp.seconds) * 1_000_000 + Math.floor(timestamp.nanos / 1000)
}

/** A google.protobuf.Duration of nanoseconds from 0 on. */
export function durationOfNano(nano: bigint): Duration {
  return { seconds: String(nano / 1_000_000_000n), nanos: Number(nano % 1_000_000_000n) }
}

/** Nanoseconds since the epoch as RFC 3339; undefined outside of the years 0 to 9999, which alone it has. */
export function timeText(nano: bigint): string | undefined {
  const fraction = ((nano % nanoPerSecond) + nanoPerSecond) % nanoPerSecond
  const second = (nano - fraction) / nanoPerSecond
  if (second < secondMin || second > secondMax) return undefined
  const text = new Date(Number(second) * 1000).toISOString().slice(0, 19)
  return `${text}.${String(fraction).padStart(9, '0')}Z`
}

const nanoPerSecond = 1_000_000_000n
/** 0000-01-01T00:00:00Z and 9999-12-31T23:59:59Z. */
const secondMin = -62_167_219_200n
const secondMax = 253_402_300_799n
