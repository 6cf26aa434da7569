import { WireError } from '../../bridge/wire/wire-error.ts'
import { WireWriter } from '../../bridge/wire/writer.ts'
import type { ErrorCode } from './gateway-error.ts'
import { GatewayError } from './gateway-error.ts'

/**
 * Numbers of gRPC's status codes that we answer with.
 *
 * Source: https://grpc.github.io/grpc/core/md_doc_statuscodes.html
 */
export const GrpcCode = {
  ok: 0,
  cancelled: 1,
  invalidArgument: 3,
  deadlineExceeded: 4,
  notFound: 5,
  resourceExhausted: 8,
  failedPrecondition: 9,
  unimplemented: 12,
  internal: 13,
  unavailable: 14,
  dataLoss: 15,
} as const

/** How one failure looks to a gRPC client. */
export interface GrpcStatus {
  readonly code: number
  readonly message: string
  /** An encoded google.rpc.Status for `grpc-status-details-bin`, when there is more to say. */
  readonly details: Uint8Array | undefined
  /** True for what should not have happened: the client learns nothing more, the log everything. */
  readonly bug: boolean
}

/**
 * Which gRPC status an expected failure is.
 *
 * OTLP decides what a client sends again: UNAVAILABLE always, RESOURCE_EXHAUSTED only with RetryInfo,
 * INVALID_ARGUMENT and INTERNAL never.
 * Source: https://opentelemetry.io/docs/specs/otlp/#failures
 */
const codes: Readonly<Record<ErrorCode, number>> = {
  // https://opentelemetry.io/docs/specs/otlp/#failures: bad data, not to be sent again.
  invalid_argument: GrpcCode.invalidArgument,
  // https://grpc.github.io/grpc/core/md_doc_statuscodes.html: "some requested entity was not found".
  not_found: GrpcCode.notFound,
  // The same, without RetryInfo; also what gRPC itself says for a message over its limit.
  too_large: GrpcCode.resourceExhausted,
  // https://opentelemetry.io/docs/specs/otlp/#otlpgrpc-throttling: UNAVAILABLE, with RetryInfo.
  overloaded: GrpcCode.unavailable,
  store_unavailable: GrpcCode.unavailable,
  // "Unrecoverable data loss or corruption".
  store_corrupt: GrpcCode.dataLoss,
  // Another process or an operator has to act first: "the system is not in a state required".
  store_unusable: GrpcCode.failedPrecondition,
  cannot_listen: GrpcCode.failedPrecondition,
  bad_settings: GrpcCode.failedPrecondition,
  unimplemented: GrpcCode.unimplemented,
  cancelled: GrpcCode.cancelled,
  deadline_exceeded: GrpcCode.deadlineExceeded,
}

/** The one place where an error becomes a gRPC status. */
export function grpcStatusOf(error: unknown): GrpcStatus {
  if (error instanceof WireError) {
    return {
      code: GrpcCode.invalidArgument,
      message: error.message,
      details: undefined,
      bug: false,
    }
  }
  if (!(error instanceof GatewayError)) {
    return {
      code: GrpcCode.internal,
      message: 'Cannot answer: the gateway failed, its log says why',
      details: undefined,
      bug: true,
    }
  }
  const code = codes[error.code]
  return { code, message: error.message, details: detailsOf(error, code), bug: false }
}

const rpcType = 'type.googleapis.com/google.rpc.'

/**
 * google.rpc.Status: 1 code, 2 message, 3 details (google.protobuf.Any: 1 type_url, 2 value).
 *
 *   RetryInfo   1 retry_delay (google.protobuf.Duration: 1 seconds, 2 nanos)
 *   BadRequest  1 field_violations: 1 field, 2 description
 *
 * Source: googleapis, google/rpc/status.proto and error_details.proto.
 */
function detailsOf(error: GatewayError, code: number): Uint8Array | undefined {
  const { retryAfterMs, field } = error
  const retry = error.retryable && retryAfterMs !== undefined
  if (!retry && field === undefined) return undefined
  const writer = new WireWriter(256)
  writer.int32(1, code)
  writer.string(2, error.message)
  if (retry) any(writer, 'RetryInfo', (value) => value.message(1, (d) => duration(d, retryAfterMs)))
  if (field !== undefined) {
    any(writer, 'BadRequest', (value) => {
      value.message(1, (violation) => {
        violation.string(1, field)
        violation.string(2, error.message)
      })
    })
  }
  return writer.finish()
}

function any(writer: WireWriter, name: string, write: (value: WireWriter) => void): void {
  writer.message(3, (detail) => {
    detail.string(1, rpcType + name)
    detail.message(2, write)
  })
}

function duration(writer: WireWriter, ms: number): void {
  const whole = Math.max(0, Math.round(ms))
  writer.int64(1, BigInt(Math.floor(whole / 1000)))
  writer.int32(2, (whole % 1000) * 1_000_000)
}
