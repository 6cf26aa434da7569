import { expectWireType, WireReader, WireType } from '../wire/reader.ts'
import { WireError } from '../wire/wire-error.ts'
import type { Refusal } from './span-transport.ts'

/** How a call of gRPC ended that was not OK. */
export interface GrpcFailure {
  readonly code: number
  /** Of the code, such as `UNAVAILABLE`. */
  readonly name: string
  readonly message: string
  /** The trailer `grpc-status-details-bin`: an encoded google.rpc.Status. */
  readonly details?: Uint8Array
}

const resourceExhausted = 8
/** CANCELLED, DEADLINE_EXCEEDED, ABORTED, OUT_OF_RANGE, UNAVAILABLE, DATA_LOSS. */
const retryableCodes: ReadonlySet<number> = new Set([1, 4, 10, 11, 14, 15])

/**
 * What a failed call means for its spans. RESOURCE_EXHAUSTED is to be retried only where the server says
 * when, with RetryInfo.
 *
 * Source: https://opentelemetry.io/docs/specs/otlp/#failures, the table of codes.
 */
export function refusalOf({ code, name, message, details }: GrpcFailure): Refusal {
  const retryAfterMs = details === undefined ? undefined : retryDelayMs(details)
  const isRetryable =
    retryableCodes.has(code) || (code === resourceExhausted && retryAfterMs !== undefined)
  const wait = isRetryable && retryAfterMs !== undefined ? { retryAfterMs } : {}
  return { kind: 'refused', code: name, message, isRetryable, ...wait }
}

const retryInfoType = /(^|\/)google\.rpc\.RetryInfo$/

/**
 * The delay of the first RetryInfo in a google.rpc.Status, ms; undefined where there is none, or where
 * the bytes are not what they should be: the status itself has been told without them.
 *
 *   3 details (google.protobuf.Any)     1 type_url, 2 value
 *   RetryInfo                           1 retry_delay (Duration: 1 seconds int64, 2 nanos int32)
 *
 * Source: googleapis, google/rpc/status.proto and error_details.proto.
 */
export function retryDelayMs(status: Uint8Array): number | undefined {
  try {
    for (const detail of messagesIn(status, 3)) {
      const [type] = messagesIn(detail, 1)
      if (type === undefined || !retryInfoType.test(Buffer.from(type).toString())) continue
      const [info] = messagesIn(detail, 2)
      const [delay] = info === undefined ? [] : messagesIn(info, 1)
      return delay === undefined ? 0 : durationMs(delay)
    }
    return undefined
  } catch (error) {
    if (error instanceof WireError) return undefined
    throw error
  }
}

/** The message of a google.rpc.Status (2 message), as OTLP over HTTP refuses; undefined where it is none. */
export function statusMessage(status: Uint8Array): string | undefined {
  try {
    const [text] = messagesIn(status, 2)
    return text === undefined ? undefined : Buffer.from(text).toString()
  } catch (error) {
    if (error instanceof WireError) return undefined
    throw error
  }
}

/** The values of a length-delimited field. */
function messagesIn(bytes: Uint8Array, field: number): readonly Uint8Array[] {
  const reader = new WireReader(bytes)
  const found: Uint8Array[] = []
  while (reader.more()) {
    const tag = reader.tag()
    if (tag >>> 3 !== field) reader.skip(tag)
    else {
      expectWireType(tag, WireType.bytes, reader)
      found.push(reader.slice())
    }
  }
  return found
}

function durationMs(bytes: Uint8Array): number {
  const reader = new WireReader(bytes)
  let ms = 0
  while (reader.more()) {
    const tag = reader.tag()
    if (tag >>> 3 === 1) ms += Number(reader.int64()) * 1000
    else if (tag >>> 3 === 2) ms += reader.int32() / 1e6
    else reader.skip(tag)
  }
  return Math.max(0, ms)
}
