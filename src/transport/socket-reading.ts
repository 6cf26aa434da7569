import type { Socket } from 'node:net'

/** What libuv's handle of a socket can do; Node does not document it. */
interface Handle {
  readStop?(): number
  readStart?(): number
}

/**
 * Stops reading from a socket that an HTTP/2 session has taken over.
 *
 * The session reads in native code, where `socket.pause()` does not reach, and `session.socket`
 * refuses it. Without the handle (another Node) nothing is stopped, and the windows of the streams
 * alone hold a client back; test/transport/inflow.test.ts says so.
 */
export function readStop(socket: Socket): void {
  handleOf(socket)?.readStop?.()
}

/** Reads on. */
export function readStart(socket: Socket): void {
  handleOf(socket)?.readStart?.()
}

function handleOf(socket: Socket): Handle | undefined {
  const handle: unknown = Reflect.get(socket, '_handle')
  return typeof handle === 'object' && handle !== null ? handle : undefined
}
