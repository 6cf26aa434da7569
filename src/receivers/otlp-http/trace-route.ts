import { HttpRefusal } from '../../errors/http-status.ts'
import { CorsPolicy } from '../../transport/cors.ts'
import type { HttpAnswer, HttpRoute } from '../../transport/http-route.ts'
import type { SpanReceiverOptions } from '../receive-spans.ts'
import { receiveSpans } from '../receive-spans.ts'
import type { OtlpEncoding } from './encode-answers.ts'
import { bodiesOf, jsonBodies, protobufBodies } from './encode-answers.ts'

/** What the route is made of. */
export interface OtlpTraceRouteOptions extends SpanReceiverOptions {
  /** Pages that may send from a browser; see `CorsPolicy`. */
  readonly allowedOrigins: readonly string[]
}

const receiver = 'otlp_http'

/**
 * `POST /v1/traces`, port 4318: spans from OpenTelemetry SDKs, Collectors and browsers, in protobuf or
 * JSON. Answers 200 when they are stored, with `partial_success` for bad spans; any failure with a
 * google.rpc.Status. Answers are in the encoding of the request.
 *
 * Source: https://opentelemetry.io/docs/specs/otlp/#otlphttp
 */
export function otlpTraceRoute(options: OtlpTraceRouteOptions): HttpRoute {
  const handlers = new Map([
    [protobufBodies, handlerOf(options, protobufBodies)],
    [jsonBodies, handlerOf(options, jsonBodies)],
  ])
  return {
    path: '/v1/traces',
    method: 'POST',
    cors: new CorsPolicy(options.allowedOrigins, ['POST'], 'allowed'),
    accept(headers) {
      const bodies = bodiesOf(headers['content-type'])
      const handle = bodies && handlers.get(bodies)
      if (handle !== undefined) return handle
      const type = JSON.stringify((headers['content-type'] ?? '').slice(0, 100))
      const known = `${protobufBodies.contentType} and ${jsonBodies.contentType}`
      const message = `Cannot decode request: its content type is ${type}, known are ${known}`
      throw new HttpRefusal(415, message, { accept: known.replace(' and ', ', ') })
    },
    describe(failure, headers) {
      const bodies = bodiesOf(headers['content-type']) ?? jsonBodies
      return { contentType: bodies.contentType, body: bodies.status(failure) }
    },
  }
}

function handlerOf(
  options: SpanReceiverOptions,
  bodies: OtlpEncoding,
): ReturnType<NonNullable<HttpRoute['accept']>> {
  const source = { receiver, format: bodies.format }
  const headers = { 'content-type': bodies.contentType }
  return async ({ pieces, held, signal }): Promise<HttpAnswer> => {
    const incoming = { source, pieces, held, signal, deadlineUnixMs: undefined }
    const received = await receiveSpans(options, incoming)
    return { status: 200, headers, body: bodies.response(received) }
  }
}
