import type { Socket } from 'node:dgram'

/** As much as is asked for first: what a burst of 1,000 full datagrams takes. */
const askedBytes = 64 * 1024 * 1024
const leastBytes = 64 * 1024

/** Below this a burst of a busy service is lost before anybody can read it. */
export const fewBytes = 4 * 1024 * 1024

/**
 * Makes the socket's receive buffer as large as the system allows.
 *
 * Linux cuts what is asked for down to net.core.rmem_max, others refuse it, so less is asked for
 * until it is granted.
 *
 * @returns bytes that the system says it has now; Linux counts its own records among them
 */
export function growReceiveBuffer(
  socket: Pick<Socket, 'getRecvBufferSize' | 'setRecvBufferSize'>,
): number {
  for (let bytes = askedBytes; bytes >= leastBytes; bytes /= 2) {
    try {
      socket.setRecvBufferSize(bytes)
      break
    } catch {
      // More than this system grants: half of it is tried.
    }
  }
  return socket.getRecvBufferSize()
}
