import type { IncomingHttpHeaders } from 'node:http'
import type { Logger } from 'pino'
import { WireError } from '../../../bridge/wire/wire-error.ts'
import { HttpRefusal } from '../../errors/http-status.ts'
import { CorsPolicy } from '../../transport/cors.ts'
import type { HttpAnswer, HttpRequest, HttpRoute } from '../../transport/http-route.ts'
import { mediaTypeOf } from '../../transport/media-type.ts'
import type { ReceivedSpans, SpanReceiverOptions } from '../receive-spans.ts'
import { receiveSpans } from '../receive-spans.ts'
import { rejectedReporter } from '../report-rejected.ts'

/** What the route is made of. */
export interface JaegerBatchRouteOptions extends SpanReceiverOptions {
  readonly logger: Logger
}

const source = { receiver: 'jaeger_http', format: 'jaeger_thrift' } as const

/** Both mean the binary protocol; Jaeger takes no other one here. */
const contentTypes = ['application/x-thrift', 'application/vnd.apache.thrift.binary']

/**
 * `POST /api/traces`, port 14268: a bare Batch by Thrift's binary protocol, from clients of Jaeger
 * that send to a collector. Answers 202 without a body when its spans are stored, and failures as
 * text, those of the request in Jaeger's words. The answer has no place for bad spans: they are
 * counted by reason, and only when none is good it is 400. The query, in which clients
 * name the format, is not looked at.
 *
 * Source: jaeger v1.76.0, cmd/collector/app/handler/http_thrift_handler.go.
 */
export function jaegerBatchRoute(options: JaegerBatchRouteOptions): HttpRoute {
  const report = rejectedReporter(options.logger, (why) =>
    unprocessable(`none of its spans is good: ${why}`),
  )
  const handle = async ({ pieces, held, signal }: HttpRequest): Promise<HttpAnswer> => {
    const incoming = { source, pieces, held, signal, deadlineUnixMs: undefined }
    report(source, await received(options, incoming))
    return { status: 202, headers: {}, body: '' }
  }
  return {
    path: '/api/traces',
    method: 'POST',
    // Jaeger's collector answers no page of another origin either.
    cors: new CorsPolicy([], []),
    accept(headers) {
      checkContentType(headers)
      return handle
    },
    describe: ({ message }) => ({
      contentType: 'text/plain; charset=utf-8',
      body: `${message}\n`,
    }),
  }
}

async function received(
  options: SpanReceiverOptions,
  incoming: Parameters<typeof receiveSpans>[1],
): Promise<ReceivedSpans> {
  try {
    return await receiveSpans(options, incoming)
  } catch (error) {
    if (error instanceof WireError) throw unprocessable(error.message)
    throw error
  }
}

function unprocessable(why: string): HttpRefusal {
  return new HttpRefusal(400, `Unable to process request body: ${why}`)
}

/** Parameters behind the type are allowed and not looked at. */
function checkContentType(headers: IncomingHttpHeaders): void {
  const type = mediaTypeOf(headers['content-type'])
  if (contentTypes.includes(type)) return
  if (type === '') {
    throw new HttpRefusal(400, 'Cannot parse content type: mime: no media type')
  }
  throw new HttpRefusal(400, `Unsupported content type: ${shown(type)}`)
}

/** A client's words are cut, and no page that shows them takes them for markup, as Jaeger does. */
function shown(text: string): string {
  return text.slice(0, 100).replace(/[&<>"']/g, (mark) => `&#${mark.charCodeAt(0)};`)
}
