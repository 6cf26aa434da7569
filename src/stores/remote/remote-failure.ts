import type { ServiceError } from '@grpc/grpc-js'
import { status } from '@grpc/grpc-js'
import { retryDelayMs } from '../../../bridge/opentelemetry/grpc-refusal.ts'
import type { ErrorCode } from '../../errors/gateway-error.ts'
import { GatewayError } from '../../errors/gateway-error.ts'

/** How long a client should wait before it tries again a remote that does not say so itself. */
const retryAfterMs = 1000

/**
 * What a status of the remote means for whoever asked us. One that a Jaeger gives to everything that goes
 * wrong in its own storage, UNKNOWN, may go well later; so may INTERNAL, since a span that is sent
 * twice is kept once, and one that is given up is lost.
 */
const codes: Readonly<Partial<Record<status, ErrorCode>>> = {
  [status.INVALID_ARGUMENT]: 'invalid_argument',
  [status.OUT_OF_RANGE]: 'invalid_argument',
  [status.NOT_FOUND]: 'not_found',
  [status.RESOURCE_EXHAUSTED]: 'too_large',
  [status.UNAUTHENTICATED]: 'store_unusable',
  [status.PERMISSION_DENIED]: 'store_unusable',
  [status.FAILED_PRECONDITION]: 'store_unusable',
  [status.UNIMPLEMENTED]: 'store_unusable',
  [status.DATA_LOSS]: 'store_corrupt',
}

/**
 * A failed call as an error for callers: retryable, and after which time, where the same may succeed
 * later. RESOURCE_EXHAUSTED is so only with RetryInfo, as OTLP has it.
 *
 * Source: https://opentelemetry.io/docs/specs/otlp/#failures
 *
 * @param action what failed, for example `Cannot store spans`
 */
export function remoteFailure(action: string, error: ServiceError): GatewayError {
  const delayMs = delayOf(error)
  const name = status[error.code] ?? String(error.code)
  const limit = isTooLong.test(error.details) ? ', store.remote.max-message-size' : ''
  const state = `the remote storage answers ${name} (${error.details})${limit}`
  const isThrottled = error.code === status.RESOURCE_EXHAUSTED && delayMs !== undefined
  const code = isThrottled ? undefined : codes[error.code]
  if (code !== undefined) return new GatewayError(code, `${action}: ${state}`, { cause: error })
  return new GatewayError('store_unavailable', `${action}: ${state}`, {
    cause: error,
    retryAfterMs: delayMs ?? retryAfterMs,
  })
}

/** Errors of answers that did not come in time. */
const lateAnswers = new WeakSet<object>()

/**
 * No message came within the time that there was.
 *
 * @param setting what the time is of
 */
export function lateAnswer(
  action: string,
  timeoutMs: number,
  setting = 'store.remote.timeout',
  cause?: ServiceError,
): GatewayError {
  const error = new GatewayError(
    'store_unavailable',
    `${action}: the remote storage has not answered in ${timeoutMs} ms, ${setting}`,
    { retryAfterMs, ...(cause !== undefined && { cause }) },
  )
  lateAnswers.add(error)
  return error
}

/** True where the answer did not come in time, for us or for the remote. */
export function isLate(error: unknown): boolean {
  if (error instanceof GatewayError && lateAnswers.has(error)) return true
  return causeOf(error)?.code === status.DEADLINE_EXCEEDED
}

/** True for a message that is over `store.remote.max-message-size`. */
export function isTooLongMessage(error: unknown): boolean {
  const cause = causeOf(error)
  return cause?.code === status.RESOURCE_EXHAUSTED && isTooLong.test(cause.details ?? '')
}

/** The words of grpc-js for a message that it has not read. */
const isTooLong = /^Received message larger than max/

/** True for a method that the remote does not have. */
export function isUnimplemented(error: unknown): boolean {
  return causeOf(error)?.code === status.UNIMPLEMENTED
}

/** True for a failure that came from the other side, or from the connection; false where nothing came. */
export function isAnswered(error: unknown): boolean {
  // Its cause is the caller's, and may have a number of its own.
  if (error instanceof GatewayError && error.code === 'cancelled') return false
  const code = causeOf(error)?.code
  return typeof code === 'number' && code !== status.DEADLINE_EXCEEDED
}

function causeOf(error: unknown): Partial<ServiceError> | undefined {
  const cause = error instanceof GatewayError ? error.cause : undefined
  return cause instanceof Error ? cause : undefined
}

function delayOf({ metadata }: ServiceError): number | undefined {
  const [details] = metadata?.get('grpc-status-details-bin') ?? []
  return Buffer.isBuffer(details) ? retryDelayMs(details) : undefined
}
