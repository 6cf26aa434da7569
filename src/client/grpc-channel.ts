import type { ChannelCredentials, ServiceError } from '@grpc/grpc-js'
import { Client, compressionAlgorithms, credentials, Metadata } from '@grpc/grpc-js'

/** Where and how to call over gRPC. */
export interface GrpcChannelOptions {
  /** `host:port`; with `https://` in front encrypted, with `http://` as without. */
  readonly endpoint: string
  /** In place of what the endpoint says: own certificates, tokens. */
  readonly credentials?: ChannelCredentials
  /** Metadata of each request, such as a tenant. */
  readonly headers?: Readonly<Record<string, string>>
  /** `none` unless something else is said: within a machine it costs more than it saves. */
  readonly compression?: 'gzip' | 'none'
}

/** How a call ended: with an answer, or with what grpc-js says. */
export type GrpcOutcome =
  | { readonly kind: 'answer'; readonly bytes: Uint8Array }
  | { readonly kind: 'error'; readonly error: ServiceError }

/** A channel for unary calls of bytes. */
export interface GrpcChannel {
  /** Never rejects. */
  call(
    path: string,
    request: Uint8Array,
    how: { readonly timeoutMs: number; readonly signal: AbortSignal },
  ): Promise<GrpcOutcome>
  close(): void
}

const asBytes = (bytes: Uint8Array): Buffer =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
const asIs = (bytes: Buffer): Buffer => bytes

/**
 * Connects with the first call, and again within 5 s once the gateway is back.
 *
 * @throws RangeError for an endpoint that is none, an Error of grpc-js for metadata that cannot be sent
 */
export function openGrpcChannel(options: GrpcChannelOptions): GrpcChannel {
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
    call: (path, request, { timeoutMs, signal }) =>
      new Promise((resolve) => {
        const deadline = Date.now() + timeoutMs
        const settle = (error: ServiceError | null, response: Buffer | undefined) => {
          signal.removeEventListener('abort', cancel)
          resolve(
            error === null
              ? { kind: 'answer', bytes: response ?? new Uint8Array(0) }
              : { kind: 'error', error },
          )
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
