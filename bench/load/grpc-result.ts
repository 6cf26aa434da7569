import type { CallResult } from './call-result.ts'
import { decodeHeaders } from './hpack.ts'

const knownMax = 256
const known = new Map<string, CallResult>()

/** Full name of google.rpc.RetryInfo, as it stands in the details of a status. */
const retryInfo = 'google.rpc.RetryInfo'

/** Reads the trailers of a gRPC call; equal ones are read once, as nearly all are equal. */
export function grpcResultOf(block: Buffer): CallResult {
  const key = block.toString('latin1')
  const before = known.get(key)
  if (before !== undefined) return before
  const result = readTrailers(block)
  if (known.size < knownMax) known.set(key, result)
  return result
}

function readTrailers(block: Buffer): CallResult {
  const headers = decodeHeaders(block)
  const status = headers.get('grpc-status') ?? fromHttp(headers.get(':status'))
  const details = Buffer.from(headers.get('grpc-status-details-bin') ?? '', 'base64')
  return {
    status,
    isOk: status === '0',
    hasRetryInfo: details.includes(retryInfo),
    message: decodeURIComponentSafely(headers.get('grpc-message') ?? ''),
  }
}

/** Source: the gRPC project, doc/http-grpc-status-mapping.md. */
function fromHttp(status: string | undefined): string {
  switch (status) {
    case '400':
      return '13'
    case '401':
      return '16'
    case '403':
      return '7'
    case '404':
      return '12'
    case '429':
    case '502':
    case '503':
    case '504':
      return '14'
    default:
      return '2'
  }
}

function decodeURIComponentSafely(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    // Not percent-encoded after all: it is for people to read, as it is.
    return text
  }
}
