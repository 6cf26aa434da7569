import type { ServerWritableStream } from '@grpc/grpc-js'
import type { GatewayError } from '../errors/gateway-error.ts'
import type { SearchBound } from '../ports/span-store.ts'
import type { StalledAnswers } from './stalled-answers.ts'

/** Bytes handed to HTTP/2 that a client has not made room for; beyond it a stream waits. */
export const unsentBytesMax = 1024 * 1024

/**
 * The messages of one answer, made as they are asked for; at its end the limit that cut the search
 * short, if one did.
 */
export type Responses = AsyncGenerator<Uint8Array, SearchBound | undefined, void>

/**
 * Writes messages to a call as fast as its client reads them: the next one is made only when less
 * than `unsentBytesMax` wait to be sent, so a slow client holds that much and one message of memory.
 * Does not end the call.
 *
 * grpc-js' own mark counts messages, 16 of them, which may be 16 MiB here; so bytes are counted.
 *
 * @throws the signal's reason when it aborts, and GatewayError 'overloaded' when the client took nothing
 *   for too long; the messages' maker was told to stop before
 */
export async function sendResponses(
  call: ServerWritableStream<unknown, Buffer>,
  responses: Responses,
  { signal, stalled }: { readonly signal: AbortSignal; readonly stalled: StalledAnswers },
): Promise<SearchBound | undefined> {
  const room = new Room()
  const wake = () => room.wake()
  signal.addEventListener('abort', wake)
  try {
    while (true) {
      const next = await responses.next()
      signal.throwIfAborted()
      if (next.done === true) return next.value
      const bytes = next.value
      room.take(bytes.length)
      call.write(bufferOf(bytes), () => room.give(bytes.length))
      if (room.unsentBytes >= unsentBytesMax) await roomFor(room, signal, stalled)
    }
  } finally {
    signal.removeEventListener('abort', wake)
    // After a failure the scan behind the generator ends here; after its end this does nothing.
    await responses.return(undefined)
  }
}

/** Waits until the client has taken enough. */
async function roomFor(room: Room, signal: AbortSignal, stalled: StalledAnswers): Promise<void> {
  let failure: GatewayError | undefined
  const waiting = stalled.wait((error) => {
    failure = error
    room.wake()
  })
  try {
    while (room.unsentBytes >= unsentBytesMax) {
      const before = room.unsentBytes
      await room.changed()
      signal.throwIfAborted()
      if (failure !== undefined) throw failure
      if (room.unsentBytes < before) waiting.moved()
    }
  } finally {
    waiting.end()
  }
}

/** Counts bytes under way and wakes the one who waits for fewer. */
class Room {
  unsentBytes = 0
  #waiting: (() => void) | undefined

  take(bytes: number): void {
    this.unsentBytes += bytes
  }

  give(bytes: number): void {
    this.unsentBytes -= bytes
    this.wake()
  }

  wake(): void {
    this.#waiting?.()
    this.#waiting = undefined
  }

  changed(): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting = resolve
    })
  }
}

/** The same bytes as a Buffer, which grpc-js needs to frame them. */
function bufferOf(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}
