import type { Socket } from 'node:net'
import type { BrokenAnswer } from './broken-connections.ts'
import { brokenAnswerText } from './broken-connections.ts'
import { protocolOf } from './spoken-protocol.ts'

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
  const answer = { status, message: `Cannot read request: ${stateOf(error)}` }
  if (isToAnswer) socket.write(brokenAnswerText(answer, reason))
  socket.destroySoon()
  return isToAnswer ? answer : undefined
}

function stateOf({ rawPacket, reason, message }: ParserError): string {
  const protocol = rawPacket && protocolOf(rawPacket)
  if (protocol === 'http2') {
    return 'it is HTTP/2, and this port takes HTTP/1.1; gRPC has ports of its own'
  }
  if (protocol === 'tls') return 'it is TLS, and this port takes plain HTTP/1.1'
  return reason ?? message
}

/** As Node's own server has them. */
const statuses: ReadonlyMap<string | undefined, readonly [number, string]> = new Map([
  ['HPE_HEADER_OVERFLOW', [431, 'Request Header Fields Too Large']],
  ['HPE_CHUNK_EXTENSIONS_OVERFLOW', [413, 'Payload Too Large']],
  ['ERR_HTTP_REQUEST_TIMEOUT', [408, 'Request Timeout']],
])
