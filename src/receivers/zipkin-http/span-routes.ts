import type { Logger } from 'pino'
import { CorsPolicy } from '../../transport/cors.ts'
import type { HttpAnswer, HttpRoute } from '../../transport/http-route.ts'
import { mediaTypeOf } from '../../transport/media-type.ts'
import type { RequestFormat } from '../decode-messages.ts'
import type { SpanReceiverOptions } from '../receive-spans.ts'
import { receiveSpans } from '../receive-spans.ts'
import { rejectedReporter } from '../report-rejected.ts'

/** What the routes are made of. */
export interface ZipkinSpanRoutesOptions extends SpanReceiverOptions {
  readonly logger: Logger
  /** Pages that may send from a browser; see `CorsPolicy`. */
  readonly allowedOrigins: readonly string[]
}

const receiver = 'zipkin_http'

/**
 * `POST /api/v2/spans` and `POST /api/v1/spans`, port 9411: spans from Zipkin's reporters. Answers
 * 202 without a body when they are stored, and a failure with a line of text. The answer has no place
 * for bad spans: they are counted by reason, and the request succeeds as long as one span is good or
 * there is none at all.
 *
 * As in Zipkin's server a body is JSON unless its content type is the one of the other encoding.
 *
 * Source: zipkin-api, zipkin2-api.yaml and zipkin-api.yaml.
 */
export function zipkinSpanRoutes(options: ZipkinSpanRoutesOptions): readonly HttpRoute[] {
  return [
    route(options, '/api/v2/spans', 'zipkin_json', ['application/x-protobuf', 'zipkin_proto']),
    route(options, '/api/v1/spans', 'zipkin_v1_json', ['application/x-thrift', 'zipkin_thrift']),
  ]
}

function route(
  options: ZipkinSpanRoutesOptions,
  path: string,
  json: RequestFormat,
  [otherType, other]: readonly [string, RequestFormat],
): HttpRoute {
  const handleJson = handlerOf(options, json)
  const handleOther = handlerOf(options, other)
  return {
    path,
    method: 'POST',
    cors: new CorsPolicy(options.allowedOrigins, ['POST'], 'allowed'),
    accept: (headers) =>
      mediaTypeOf(headers['content-type']) === otherType ? handleOther : handleJson,
    describe: ({ message }) => ({ contentType: 'text/plain; charset=utf-8', body: `${message}\n` }),
  }
}

function handlerOf(
  options: ZipkinSpanRoutesOptions,
  format: RequestFormat,
): ReturnType<NonNullable<HttpRoute['accept']>> {
  const source = { receiver, format }
  const report = rejectedReporter(options.logger)
  return async ({ pieces, held, signal }): Promise<HttpAnswer> => {
    const incoming = { source, pieces, held, signal, deadlineUnixMs: undefined }
    report(source, await receiveSpans(options, incoming))
    return accepted
  }
}

const accepted: HttpAnswer = { status: 202, headers: {}, body: '' }
