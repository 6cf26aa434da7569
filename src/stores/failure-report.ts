import type { ErrorCode } from '../errors/gateway-error.ts'
import { GatewayError } from '../errors/gateway-error.ts'

/** An error as it crosses threads: classes and causes do not survive the copy. */
export interface FailureReport {
  /** Undefined for our own mistakes. */
  readonly code: ErrorCode | undefined
  readonly message: string
  readonly retryAfterMs: number | undefined
  readonly stack: string | undefined
}

/** The report of an error. */
export function reportOf(error: unknown): FailureReport {
  if (error instanceof GatewayError) {
    return {
      code: error.code,
      message: error.message,
      retryAfterMs: error.retryAfterMs,
      stack: error.stack,
    }
  }
  const message = error instanceof Error ? error.message : String(error)
  const stack = error instanceof Error ? error.stack : undefined
  return { code: undefined, message, retryAfterMs: undefined, stack }
}

/** The error of a report, with the other thread's stack as its cause. */
export function errorOfReport(report: FailureReport): Error {
  const cause = report.stack
  if (report.code === undefined) return new Error(report.message, { cause })
  const after = report.retryAfterMs === undefined ? {} : { retryAfterMs: report.retryAfterMs }
  return new GatewayError(report.code, report.message, { cause, ...after })
}
