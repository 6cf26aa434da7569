import { Client, credentials, Metadata, status } from '@grpc/grpc-js'
import { connectionReason } from '../errors/connection-reason.ts'
import { GatewayError } from '../errors/gateway-error.ts'

/** How an address of a gateway may be written on the command line. */
export const endpointForms = 'host:port or an http(s) URL'

/**
 * The URL of an address as people write it: `host:port`, which is one of http, or an http(s) URL.
 *
 * @throws GatewayError 'invalid_argument' for anything else
 */
export function urlOfEndpoint(endpoint: string): URL {
  const isHostPort = /^(\[[0-9a-fA-F:.]+\]|[^:/?#@\s]+):\d{1,5}$/.test(endpoint)
  const text = isHostPort ? `http://${endpoint}` : endpoint
  if (/^https?:\/\//i.test(text) && URL.canParse(text)) return new URL(text)
  throw refusal(`must be ${endpointForms}, is "${endpoint}"`)
}

/**
 * A client of one gRPC port; encrypted where the address is an https URL.
 *
 * @throws GatewayError 'invalid_argument' for what is no such address, or has more than that
 */
export function createClient(endpoint: string): Client {
  const { protocol, hostname, port, username, pathname, search, hash } = urlOfEndpoint(endpoint)
  if (username !== '' || pathname !== '/' || search !== '' || hash !== '') {
    throw refusal(`gRPC has no user, path or query, it is "${endpoint}"`)
  }
  const isTls = protocol === 'https:'
  const target = `${hostname}:${port === '' ? (isTls ? 443 : 80) : port}`
  const channel = isTls ? credentials.createSsl() : credentials.createInsecure()
  return new Client(target, channel, { 'grpc.max_receive_message_length': -1 })
}

function refusal(state: string): GatewayError {
  return new GatewayError('invalid_argument', `Cannot use --endpoint: ${state}`)
}

/** Bytes that are already encoded, in and out. */
export const asBytes = (bytes: Uint8Array): Buffer => {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}

/** What to tell a person about a failed call. */
export function explain(error: unknown, endpoint: string): string {
  if (!isServiceError(error)) return error instanceof Error ? error.message : String(error)
  if (!isAnswer(error)) {
    const { code, details } = error
    if (code === status.UNAVAILABLE) return `Cannot reach ${endpoint}: ${reasonOf(details)}`
    // Its details are where the time went inside of grpc-js.
    if (code === status.DEADLINE_EXCEEDED) return `Cannot ask ${endpoint}: no answer in time`
  }
  return `${status[error.code] ?? error.code} from ${endpoint}: ${error.details}`
}

/** Why there is no connection, of the words of grpc-js around it. */
function reasonOf(details: string): string {
  const reason = connectionReason(details)
  if (reason === 'TLS: wrong version number') return `what is there does not speak TLS (${reason})`
  // Who speaks another protocol breaks the connection off.
  return isOtherProtocol.test(reason) ? `what is there does not speak gRPC (${reason})` : reason
}

const isOtherProtocol = /^(Protocol error|Parse Error)/

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
