import type { ChannelCredentials, ServiceError } from '@grpc/grpc-js'
import { Client, compressionAlgorithms, credentials, Metadata, status } from '@grpc/grpc-js'
import { refusalOf } from '../../bridge/opentelemetry/grpc-refusal.ts'
import type { SpanTransport, TransportAnswer } from '../../bridge/opentelemetry/span-transport.ts'

/** Where and how to send over gRPC. */
export interface GrpcTransportOptions {
  /** `host:port`; with `https://` in front encrypted, with `http://` as without. */
  readonly endpoint: string
  /** In place of what the endpoint says: own certificates, tokens. */
  readonly credentials?: ChannelCredentials
  /** Metadata of each request, such as a tenant. */
  readonly headers?: Readonly<Record<string, string>>
  /** `none` unless something else is said: within a machine it costs more than it saves. */
  readonly compression?: 'gzip' | 'none'
}

const path = '/opentelemetry.proto.collector.trace.v1.TraceService/Export'
const asBytes = (bytes: Uint8Array): Buffer =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
const asIs = (bytes: Buffer): Buffer => bytes

/**
 * OTLP over gRPC. It connects with the first request, and again within 5 s once the gateway is back.
 *
 * @throws RangeError for an endpoint that is none, an Error of grpc-js for metadata that cannot be sent
 */
export function createGrpcTransport(options: GrpcTransportOptions): SpanTransport {
  const { target, isEncrypted } = parseEndpoint(options.endpoint)
  const channel = isEncrypted ? credentials.createSsl() : credentials.createInsecure()
  const client = new Client(target, options.credentials ?? channel, {
    // A channel of its own: closing it must not end that of somebody else.
    'grpc.use_local_subchannel_pool': 1,
    'grpc.initial_reconnect_backoff_ms': 500,
    'grpc.max_reconnect_backoff_ms': 5000,
    'grpc.max_send_message_length': -1,
    ...(options.compression === 'gzip' && {
      'grpc.default_compression_algorithm': compressionAlgorithms.gzip,
    }),
  })
  const metadata = new Metadata()
  for (const [name, value] of Object.entries(options.headers ?? {})) metadata.set(name, value)
  return {
    send: (request, { timeoutMs, signal }) =>
      new Promise((resolve) => {
        const deadline = Date.now() + timeoutMs
        const settle = (error: ServiceError | null, response: Buffer | undefined) => {
          signal.removeEventListener('abort', cancel)
          resolve(answerOf(error, response))
        }
        const call = client.makeUnaryRequest(
          path,
          asBytes,
          asIs,
          request,
          metadata,
          { deadline },
          settle,
        )
        const cancel = () => call.cancel()
        if (signal.aborted) cancel()
        else signal.addEventListener('abort', cancel, { once: true })
      }),
    close: () => client.close(),
  }
}

function answerOf(error: ServiceError | null, response: Buffer | undefined): TransportAnswer {
  if (error === null) return { kind: 'taken', response: response ?? new Uint8Array(0) }
  const { code, details: message } = error
  const [details] = error.metadata?.get('grpc-status-details-bin') ?? []
  const name = status[code] ?? String(code)
  return refusalOf({ code, name, message, ...(Buffer.isBuffer(details) && { details }) })
}

function parseEndpoint(endpoint: string) {
  const { scheme, target } =
    /^((?<scheme>https?):\/\/)?(?<target>(\[[0-9a-fA-F:.]+\]|[^:/\s]+):\d{1,5})\/?$/.exec(endpoint)
      ?.groups ?? {}
  if (target === undefined) {
    throw new RangeError(
      `Cannot use endpoint "${endpoint}": must be host:port, http://host:port or https://host:port`,
    )
  }
  return { target, isEncrypted: scheme === 'https' }
}
