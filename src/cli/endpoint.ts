import type { ChannelCredentials } from '@grpc/grpc-js'
import { Client, credentials, Metadata, status } from '@grpc/grpc-js'
import { GatewayError } from '../errors/gateway-error.ts'

/** A client of one gRPC port, given as `host:port`; without encryption. */
export function createClient(endpoint: string): Client {
  if (!/^(\[[0-9a-fA-F:.]+\]|[^:/\s]+):\d{1,5}$/.test(endpoint)) {
    throw new GatewayError(
      'invalid_argument',
      `Cannot use endpoint "${endpoint}": must be host:port`,
    )
  }
  const plain: ChannelCredentials = credentials.createInsecure()
  return new Client(endpoint, plain, { 'grpc.max_receive_message_length': -1 })
}

/** Bytes that are already encoded, in and out. */
export const asBytes = (bytes: Uint8Array): Buffer => {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}

/** What to tell a person about a failed call. */
export function explain(error: unknown, endpoint: string): string {
  if (!isServiceError(error)) return error instanceof Error ? error.message : String(error)
  const isUnreached = error.code === status.UNAVAILABLE && !isAnswer(error)
  if (isUnreached) return `Cannot reach ${endpoint}: ${error.details}`
  return `${status[error.code] ?? error.code} from ${endpoint}: ${error.details}`
}

/** Whether a server has said so, and not grpc-js itself: its statuses come with headers. */
function isAnswer(error: Error): boolean {
  const metadata = 'metadata' in error ? error.metadata : undefined
  return metadata instanceof Metadata && Object.keys(metadata.getMap()).length > 0
}

/** True for errors of a call, as against those of our own. */
export function isServiceError(
  error: unknown,
): error is Error & { readonly code: number; readonly details: string } {
  return (
    error instanceof Error &&
    'code' in error &&
    typeof error.code === 'number' &&
    'details' in error
  )
}
