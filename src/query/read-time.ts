import { microsOfNano } from '../../bridge/model/micros.ts'
import type { Duration__Output } from '../../proto/gen/google/protobuf/Duration.ts'
import type { Timestamp__Output } from '../../proto/gen/google/protobuf/Timestamp.ts'
import { badField } from './bad-field.ts'

/**
 * A google.protobuf.Timestamp as nanoseconds since the epoch; undefined when it was left out.
 *
 * Clients in Go with gogoproto's `stdtime` cannot leave a time out: they send the year 1, which
 * counts as left out.
 *
 * @param field its name, for the error
 * @throws GatewayError 'invalid_argument' outside the years 1 to 9999, or with bad nanos
 */
export function nanoOfTimestamp(time: Timestamp__Output | null, field: string): bigint | undefined {
  if (time === null) return undefined
  const seconds = BigInt(time.seconds)
  if (seconds < timestampSecondsMin || seconds > timestampSecondsMax) {
    throw badField(`${field}.seconds`, `is ${seconds}, must be of the years 1 to 9999`)
  }
  if (time.nanos < 0 || time.nanos > nanosMax) {
    throw badField(`${field}.nanos`, `is ${time.nanos}, must be 0 to ${nanosMax}`)
  }
  if (seconds === timestampSecondsMin && time.nanos === 0) return undefined
  return seconds * nanoPerSecond + BigInt(time.nanos)
}

/**
 * A google.protobuf.Duration in nanoseconds; undefined when it was left out or is 0, which clients
 * that cannot leave it out send.
 *
 * @param field its name, for the error
 * @throws GatewayError 'invalid_argument' when it is negative, over 10,000 years or has bad nanos
 */
export function nanoOfDuration(
  duration: Duration__Output | null,
  field: string,
): bigint | undefined {
  if (duration === null) return undefined
  const seconds = BigInt(duration.seconds)
  if (seconds < 0n || (seconds === 0n && duration.nanos < 0)) {
    throw badField(field, 'is negative, must be at least 0')
  }
  if (seconds > durationSecondsMax) {
    throw badField(`${field}.seconds`, `is ${seconds}, must be at most ${durationSecondsMax}`)
  }
  if (duration.nanos < 0 || duration.nanos > nanosMax) {
    throw badField(`${field}.nanos`, `is ${duration.nanos}, must be 0 to ${nanosMax}`)
  }
  const nano = seconds * nanoPerSecond + BigInt(duration.nanos)
  return nano === 0n ? undefined : nano
}

/** Where to look for one trace. */
export interface TraceWindow {
  readonly minMicros?: number
  readonly maxMicros?: number
}

/**
 * `start_time` and `end_time` of a request for one trace. Both are inclusive hints, so the end,
 * exclusive at the port, is the microsecond after it.
 *
 * @throws GatewayError 'invalid_argument' when the end is before the start
 */
export function readTraceWindow(request: {
  readonly startTime: Timestamp__Output | null
  readonly endTime: Timestamp__Output | null
}): TraceWindow {
  const start = nanoOfTimestamp(request.startTime, 'start_time')
  const end = nanoOfTimestamp(request.endTime, 'end_time')
  return traceWindowOf({ start, end }, { start: 'start_time', end: 'end_time' })
}

/**
 * The same of nanoseconds since the epoch, with what a request calls them.
 *
 * @throws GatewayError 'invalid_argument' when the end is before the start
 */
export function traceWindowOf(
  { start, end }: { readonly start: bigint | undefined; readonly end: bigint | undefined },
  names: { readonly start: string; readonly end: string },
): TraceWindow {
  if (start !== undefined && end !== undefined && end < start) {
    throw badField(names.end, `is before ${names.start}`)
  }
  return {
    ...(start !== undefined && { minMicros: microsOfNano(start) }),
    ...(end !== undefined && { maxMicros: microsOfNano(end + nanoPerMicro) }),
  }
}

const nanoPerSecond = 1_000_000_000n
const nanoPerMicro = 1000n
const nanosMax = 999_999_999
/** 0001-01-01T00:00:00Z and 9999-12-31T23:59:59Z: the range of google/protobuf/timestamp.proto. */
const timestampSecondsMin = -62_135_596_800n
const timestampSecondsMax = 253_402_300_799n
/** The range of google/protobuf/duration.proto: about 10,000 years. */
const durationSecondsMax = 315_576_000_000n
