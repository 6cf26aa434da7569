import type { GatewayError } from '../../errors/gateway-error.ts'
import { cancelledBy } from '../cancelled.ts'
import { onAbort } from '../on-abort.ts'

/** Who waits for room, and how long. */
export interface RoomWait {
  readonly signal: AbortSignal
  readonly timeoutMs: number
  /** The error when there is no room in time. */
  readonly late: () => GatewayError
}

/** Room that one message has. */
export interface MessagePlace {
  /** The message is there and has so many bytes: what it does not need is for others. */
  settle(bytes: number): void
  /** Gives all of it back; does nothing a second time. */
  free(): void
}

interface Waiter {
  readonly start: () => void
}

/**
 * Room in memory for the messages that all searches of a store read: how long one is shows only when it is
 * there, so each needs room for the longest until then. Who comes first gets room first.
 */
export class MessageRoom {
  readonly #messageBytesMax: number
  readonly #waiters = new Set<Waiter>()
  #freeBytes: number

  /**
   * @param bytesMax of all messages together
   * @param messageBytesMax of one
   */
  constructor(bytesMax: number, messageBytesMax: number) {
    this.#messageBytesMax = messageBytesMax
    this.#freeBytes = Math.max(bytesMax, messageBytesMax)
  }

  /**
   * Waits for room for one more message.
   *
   * @throws what `late` makes when it takes too long, GatewayError 'cancelled' when the signal aborts
   */
  take({ signal, timeoutMs, late }: RoomWait): Promise<MessagePlace> {
    if (signal.aborted) return Promise.reject(cancelledBy(signal))
    if (this.#waiters.size === 0 && this.#hasRoom()) return Promise.resolve(this.#place())
    return new Promise((resolve, reject) => {
      const end = (): void => {
        clearTimeout(timer)
        release()
        this.#waiters.delete(waiter)
      }
      const waiter: Waiter = {
        start: () => {
          end()
          resolve(this.#place())
        },
      }
      const giveUp = (error: GatewayError): void => {
        end()
        reject(error)
      }
      const timer = setTimeout(() => giveUp(late()), timeoutMs)
      const release = onAbort(signal, () => giveUp(cancelledBy(signal)))
      this.#waiters.add(waiter)
    })
  }

  #hasRoom(): boolean {
    return this.#freeBytes >= this.#messageBytesMax
  }

  #place(): MessagePlace {
    let held = this.#messageBytesMax
    this.#freeBytes -= held
    const keep = (bytes: number): void => {
      this.#freeBytes += held - bytes
      held = bytes
      this.#startWaiters()
    }
    return {
      settle: (bytes) => keep(Math.min(bytes, held)),
      free: () => keep(0),
    }
  }

  #startWaiters(): void {
    for (const waiter of this.#waiters) {
      if (!this.#hasRoom()) return
      waiter.start()
    }
  }
}
