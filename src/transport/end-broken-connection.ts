import type { Socket } from 'node:net'

/**
 * Ends a connection whose bytes are no HTTP, as Node does, but for an answer that has begun: Node takes
 * that back with the socket, and here it is sent to its end, since it says what was wrong.
 *
 * @param error of Node's parser
 * @param isAnswered whether an answer to the broken request has begun
 */
export function endBrokenConnection(
  error: NodeJS.ErrnoException,
  socket: Socket,
  isAnswered: boolean,
): void {
  if (socket.writable && !isAnswered) {
    const status = statuses.get(error.code) ?? '400 Bad Request'
    socket.write(`HTTP/1.1 ${status}\r\nConnection: close\r\n\r\n`)
  }
  socket.destroySoon()
}

/** As Node's own server has them. */
const statuses: ReadonlyMap<string | undefined, string> = new Map([
  ['HPE_HEADER_OVERFLOW', '431 Request Header Fields Too Large'],
  ['HPE_CHUNK_EXTENSIONS_OVERFLOW', '413 Payload Too Large'],
  ['ERR_HTTP_REQUEST_TIMEOUT', '408 Request Timeout'],
])
