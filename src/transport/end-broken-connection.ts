import type { Socket } from 'node:net'

/** How a connection whose bytes are no HTTP/1.1 was answered. */
export interface BrokenAnswer {
  readonly status: number
  readonly message: string
}

/** What Node's parser throws. */
type ParserError = NodeJS.ErrnoException & {
  readonly reason?: string
  readonly rawPacket?: Buffer
}

/**
 * Ends a connection whose bytes are no HTTP/1.1 with the status that Node's own server has, and a line that says what they are: clients
 * that are told the wrong port send gRPC or TLS. An answer that has begun is sent to its end,
 * since it says what was wrong; Node takes it back with the socket.
 *
 * @param error of Node's parser, or of the socket
 * @param isAnswered whether an answer to the broken request has begun
 * @returns the answer; undefined where the client gets none
 */
export function endBrokenConnection(
  error: ParserError,
  socket: Socket,
  isAnswered: boolean,
): BrokenAnswer | undefined {
  const isToAnswer = socket.writable && !isAnswered
  const [status, reason] = statuses.get(error.code) ?? [400, 'Bad Request']
  const message = `Cannot read request: ${stateOf(error)}`
  if (isToAnswer) {
    const body = `${message}\n`
    const headers = [
      `HTTP/1.1 ${status} ${reason}`,
      'Content-Type: text/plain; charset=utf-8',
      `Content-Length: ${Buffer.byteLength(body)}`,
      'Connection: close',
    ]
    socket.write(`${headers.join('\r\n')}\r\n\r\n${body}`)
  }
  socket.destroySoon()
  return isToAnswer ? { status, message } : undefined
}

function stateOf({ rawPacket, reason, message }: ParserError): string {
  const head = rawPacket?.toString('latin1', 0, http2Preface.length) ?? ''
  if (head.startsWith(http2Preface)) {
    return 'it is HTTP/2, and this port takes HTTP/1.1; gRPC has ports of its own'
  }
  if (head.startsWith(tlsHandshake)) return 'it is TLS, and this port takes plain HTTP/1.1'
  return reason ?? message
}

/** RFC 9113 section 3.4: what every client sends first, and a gRPC client without TLS with it. */
const http2Preface = 'PRI * HTTP/2.0\r\n'
/** RFC 8446 section 5.1: a record of a handshake, whose version begins with 3 in all of them. */
const tlsHandshake = '\x16\x03'

/** As Node's own server has them. */
const statuses: ReadonlyMap<string | undefined, readonly [number, string]> = new Map([
  ['HPE_HEADER_OVERFLOW', [431, 'Request Header Fields Too Large']],
  ['HPE_CHUNK_EXTENSIONS_OVERFLOW', [413, 'Payload Too Large']],
  ['ERR_HTTP_REQUEST_TIMEOUT', [408, 'Request Timeout']],
])
