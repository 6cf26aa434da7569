import type { ClientRequest, IncomingMessage } from 'node:http'
import * as http from 'node:http'
import * as https from 'node:https'
import { gzipSync } from 'node:zlib'
import { statusMessage } from '../../bridge/opentelemetry/grpc-refusal.ts'
import type {
  Refusal,
  SpanTransport,
  TransportAnswer,
} from '../../bridge/opentelemetry/span-transport.ts'

/** Where and how to send over HTTP. */
export interface HttpTransportOptions {
  /** `http://host:port` or `https://…`; without a path it is `/v1/traces`. */
  readonly endpoint: string
  /** Of each request, such as a tenant or a token. */
  readonly headers?: Readonly<Record<string, string>>
  readonly compression?: 'gzip' | 'none'
}

/** What an answer may hold; the rest is not read. */
const answerBytesMax = 1024 * 1024
const retryableStatuses: ReadonlySet<number> = new Set([429, 502, 503, 504])

/**
 * OTLP over HTTP, in protobuf. A connection that fails is to be tried again, as are 429, 502, 503 and
 * 504, not before their Retry-After.
 *
 * Source: https://opentelemetry.io/docs/specs/otlp/#otlphttp-response
 *
 * @throws RangeError for an endpoint that is none, TypeError for a header that cannot be sent
 */
export function createHttpTransport(options: HttpTransportOptions): SpanTransport {
  const url = parseEndpoint(options.endpoint)
  const isGzip = options.compression === 'gzip'
  for (const [name, value] of Object.entries(options.headers ?? {})) {
    http.validateHeaderName(name)
    http.validateHeaderValue(name, value)
  }
  const { Agent, request } = url.protocol === 'https:' ? https : http
  const agent = new Agent({ keepAlive: true })
  const headers = {
    ...options.headers,
    'content-type': 'application/x-protobuf',
    ...(isGzip && { 'content-encoding': 'gzip' }),
  }
  return {
    send: async (bytes, { timeoutMs, signal }) => {
      const body = isGzip ? gzipSync(bytes) : bytes
      const sent = request(url, { method: 'POST', agent, headers, signal })
      // A timer of its own: Node 20 forgets a signal of AbortSignal.timeout() that only AbortSignal.any()
      // knows at the next garbage collection, and the answer is awaited forever.
      let isLate = false
      const timer = setTimeout(() => {
        isLate = true
        sent.destroy()
      }, Math.ceil(timeoutMs))
      try {
        return await answerOf(sent, body)
      } catch (error) {
        const message = error instanceof Error ? error.message : String(error)
        const said = isLate ? `no answer within ${Math.ceil(timeoutMs)} ms` : message
        return { kind: 'refused', code: 'UNAVAILABLE', message: said, isRetryable: true }
      } finally {
        clearTimeout(timer)
      }
    },
    close: () => agent.destroy(),
  }
}

function parseEndpoint(endpoint: string): URL {
  const url = URL.canParse(endpoint) ? new URL(endpoint) : undefined
  if (url === undefined || !/^https?:$/.test(url.protocol)) {
    throw new RangeError(`Cannot use endpoint "${endpoint}": must be http://host:port or https://…`)
  }
  if (url.pathname === '/') url.pathname = '/v1/traces'
  return url
}

function answerOf(sent: ClientRequest, body: Uint8Array): Promise<TransportAnswer> {
  return new Promise((resolve, reject) => {
    sent.on('error', reject)
    sent.on('response', (response) => {
      readBody(response).then((bytes) => resolve(judge(response, bytes)), reject)
    })
    sent.end(body)
  })
}

async function readBody(response: IncomingMessage): Promise<Buffer> {
  const pieces: Buffer[] = []
  let length = 0
  for await (const piece of response as AsyncIterable<Buffer>) {
    length += piece.length
    if (length > answerBytesMax) {
      response.destroy()
      throw new Error(`the answer has over ${answerBytesMax} bytes`)
    }
    pieces.push(piece)
  }
  return Buffer.concat(pieces)
}

function judge(response: IncomingMessage, body: Buffer): TransportAnswer {
  const { statusCode = 0, statusMessage: phrase = '' } = response
  if (statusCode >= 200 && statusCode < 300) return { kind: 'taken', response: body }
  const isRetryable = retryableStatuses.has(statusCode)
  const retryAfterMs = readRetryAfter(response.headers['retry-after'])
  const refusal: Refusal = {
    kind: 'refused',
    code: `HTTP ${statusCode}`,
    message: statusMessage(body) ?? phrase,
    isRetryable,
  }
  return isRetryable && retryAfterMs !== undefined ? { ...refusal, retryAfterMs } : refusal
}

/** Seconds, or a date. Source: RFC 9110, 10.2.3. */
function readRetryAfter(value: string | undefined): number | undefined {
  if (value === undefined) return undefined
  if (/^\d{1,9}$/.test(value)) return Number(value) * 1000
  const at = Date.parse(value)
  return Number.isNaN(at) ? undefined : Math.max(0, at - Date.now())
}
