import { GatewayError } from '../../errors/gateway-error.ts'
import type { HttpFailure } from '../../errors/http-status.ts'
import type { FailureBody } from '../../transport/http-route.ts'

/**
 * A failure as Jaeger's gateway for api_v3 writes it, JSON that is called text.
 *
 * Source: jaeger v2.20.0, apiv3/http_gateway.go.
 */
export function describeV3({ status, message }: HttpFailure): FailureBody {
  const body = { error: { httpCode: status, message } }
  return { contentType: 'text/plain; charset=utf-8', body: `${JSON.stringify(body)}\n` }
}

/** Runs what reads parameters; a bad one is told as Jaeger begins to tell it. */
export function readingParameters<T>(read: () => T): T {
  try {
    return read()
  } catch (error) {
    throw malformedParameter(error)
  }
}

/** The error in Jaeger's words, when it is about a parameter. */
export function malformedParameter(error: unknown): unknown {
  if (!(error instanceof GatewayError) || error.code !== 'invalid_argument') return error
  const { field, message } = error
  if (field === undefined) return error
  return new GatewayError('invalid_argument', `malformed parameter ${field}: ${message}`, { field })
}
