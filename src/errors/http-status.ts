import { WireError } from '../../bridge/wire/wire-error.ts'
import type { ErrorCode } from './gateway-error.ts'
import { GatewayError } from './gateway-error.ts'
import { GrpcCode, grpcStatusOf } from './status.ts'

/** How one failure looks to an HTTP client. */
export interface HttpFailure {
  readonly status: number
  /** The gRPC code that says the same, for bodies that are a google.rpc.Status. */
  readonly code: number
  readonly message: string
  /** When it makes sense to try again. */
  readonly retryAfterMs: number | undefined
  /** Further headers that the status asks for. */
  readonly headers: Readonly<Record<string, string>>
  /** True for what should not have happened: the client learns nothing more, the log everything. */
  readonly bug: boolean
}

/** A request that HTTP itself has an answer for. */
export class HttpRefusal extends Error {
  override readonly name = 'HttpRefusal'
  readonly status: RefusalStatus
  readonly headers: Readonly<Record<string, string>>

  constructor(status: RefusalStatus, message: string, headers: HttpFailure['headers'] = {}) {
    super(message)
    this.status = status
    this.headers = headers
  }
}

/**
 * Bad request, not found, method not allowed, timeout of a body, unsupported media type or content coding; a
 * transfer coding that is not known.
 *
 * Source: RFC 9110 section 15.5; RFC 9112 section 6.1.
 */
export type RefusalStatus = 400 | 404 | 405 | 408 | 415 | 501

const refusalCodes: Readonly<Record<RefusalStatus, number>> = {
  400: GrpcCode.invalidArgument,
  404: GrpcCode.notFound,
  405: GrpcCode.unimplemented,
  408: GrpcCode.deadlineExceeded,
  415: GrpcCode.invalidArgument,
  501: GrpcCode.unimplemented,
}

/**
 * Which HTTP status an expected failure is.
 *
 * OTLP clients send again after 429, 502, 503 and 504, and after no other status.
 * Source: https://opentelemetry.io/docs/specs/otlp/#otlphttp-response
 */
const statuses: Readonly<Record<ErrorCode, number>> = {
  invalid_argument: 400,
  not_found: 404,
  too_large: 413,
  // RFC 9110 section 15.6.4: "temporary overload or scheduled maintenance", with Retry-After.
  overloaded: 503,
  store_unavailable: 503,
  store_corrupt: 500,
  // An operator has to act first; as with gRPC's FAILED_PRECONDITION, to send again cannot help.
  store_unusable: 500,
  cannot_listen: 500,
  bad_settings: 500,
  unimplemented: 501,
  // Its client has gone and sees no answer.
  cancelled: 503,
  deadline_exceeded: 504,
}

/** The one place where an error becomes an HTTP status. */
export function httpFailureOf(error: unknown): HttpFailure {
  if (error instanceof HttpRefusal) {
    const { status, message, headers } = error
    const code = refusalCodes[status]
    return { status, code, message, retryAfterMs: undefined, headers, bug: false }
  }
  const { code, message, bug } = grpcStatusOf(error)
  const common = { code, message, bug, headers: {}, retryAfterMs: undefined }
  if (error instanceof WireError) return { ...common, status: 400 }
  if (!(error instanceof GatewayError)) return { ...common, status: 500 }
  const retryAfterMs = error.retryable ? error.retryAfterMs : undefined
  return { ...common, status: statuses[error.code], retryAfterMs }
}
