import { gzipSync } from 'node:zlib'
import { statusMessage } from '../../bridge/opentelemetry/grpc-refusal.ts'
import type {
  Refusal,
  SpanTransport,
  TransportAnswer,
} from '../../bridge/opentelemetry/span-transport.ts'
import type { HttpChannelOptions, HttpResponse } from './http-channel.ts'
import { openHttpChannel } from './http-channel.ts'

/** Where and how to send over HTTP. */
export interface HttpTransportOptions extends HttpChannelOptions {
  readonly compression?: 'gzip' | 'none'
}

/** What an answer may hold. */
const answerBytesMax = 1024 * 1024
const retryableStatuses: ReadonlySet<number> = new Set([429, 502, 503, 504])

/**
 * OTLP over HTTP, in protobuf, to `/v1/traces` where the endpoint has no path. A connection that fails is to
 * be tried again, as are 429, 502, 503 and 504, not before their Retry-After.
 *
 * Source: https://opentelemetry.io/docs/specs/otlp/#otlphttp-response
 *
 * @throws as `openHttpChannel`
 */
export function createHttpTransport(options: HttpTransportOptions): SpanTransport {
  const channel = openHttpChannel(options, '/v1/traces', answerBytesMax)
  const isGzip = options.compression === 'gzip'
  const headers = {
    'content-type': 'application/x-protobuf',
    ...(isGzip && { 'content-encoding': 'gzip' }),
  }
  return {
    send: async (bytes, { timeoutMs, signal }) => {
      const body = isGzip ? gzipSync(bytes) : bytes
      try {
        return judge(await channel.request({ method: 'POST', headers, body, timeoutMs, signal }))
      } catch (error) {
        const message = error instanceof Error ? error.message : String(error)
        return { kind: 'refused', code: 'UNAVAILABLE', message, isRetryable: true }
      }
    },
    close: () => channel.close(),
  }
}

function judge({ status, phrase, headers, body }: HttpResponse): TransportAnswer {
  if (status >= 200 && status < 300) return { kind: 'taken', response: body }
  const isRetryable = retryableStatuses.has(status)
  const retryAfterMs = readRetryAfter(headers['retry-after'])
  const refusal: Refusal = {
    kind: 'refused',
    code: `HTTP ${status}`,
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
