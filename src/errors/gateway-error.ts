/** What can go wrong in an expected way; tests assert the code, not the words. */
export const errorCodes = [
  /** The request cannot be understood or asks for something that makes no sense. */
  'invalid_argument',
  /** What was asked for by name is not there. */
  'not_found',
  /** The request alone is over a limit; sending it again cannot help. */
  'too_large',
  /** Too much is under way at the moment. */
  'overloaded',
  /** The store cannot be reached, is full or is too slow. */
  'store_unavailable',
  /** What is kept cannot be read. */
  'store_corrupt',
  /** The files belong to another process, or to another format. */
  'store_unusable',
  /** An address or port cannot be listened on. */
  'cannot_listen',
  /** A setting is wrong. */
  'bad_settings',
  /** This version does not do it. */
  'unimplemented',
  /** The caller went away or its deadline has passed. */
  'cancelled',
  'deadline_exceeded',
] as const

/** One of `errorCodes`. */
export type ErrorCode = (typeof errorCodes)[number]

/** What a `GatewayError` says besides its words. */
export interface ErrorDetails {
  /** The same data may succeed later. Defaults to true for overloaded and store_unavailable. */
  readonly retryable?: boolean
  /** When it makes sense to try again. */
  readonly retryAfterMs?: number
  /** For the log only, never for a client. */
  readonly cause?: unknown
  /** The request's field at fault, as the client knows it. */
  readonly field?: string
}

/** An expected failure with a closed code; anything else that is thrown is a bug. */
export class GatewayError extends Error {
  override readonly name = 'GatewayError'
  readonly code: ErrorCode
  readonly retryable: boolean
  readonly retryAfterMs: number | undefined
  readonly field: string | undefined

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause })
    this.code = code
    this.retryable = details.retryable ?? (code === 'overloaded' || code === 'store_unavailable')
    this.retryAfterMs = details.retryAfterMs
    this.field = details.field
  }
}
