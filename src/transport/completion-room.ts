import type { InboundConnection, InboundStream } from './inbound-connection.ts'
import { leastMissing } from './stream-order.ts'

/** Who brings nothing for so long makes place for another one; more than a round trip takes. */
const idleMsMax = 500

/**
 * Messages that are let in until they are whole, whatever else presses: what they miss is kept free for them. Without
 * it the parts of many large messages may fill the bound, so that none of them is ever whole, and all are refused.
 *
 * At most one of each connection, so that one with many requests does not come before all others.
 */
export class CompletionRoom {
  readonly #streams = new Set<InboundStream>()
  /** Had their turn and did not use it: those that did not have one come before them. */
  readonly #idle = new WeakSet<InboundStream>()

  /** What has still to come of them. */
  get keptBytes(): number {
    let keptBytes = 0
    for (const { missingBytes } of this.#streams) keptBytes += missingBytes
    return keptBytes
  }

  /** True when all of them have come whole. */
  get isEmpty(): boolean {
    return this.keptBytes === 0
  }

  /** Those of which something has still to come. */
  get streams(): readonly InboundStream[] {
    return [...this.#streams].filter(({ missingBytes }) => missingBytes > 0)
  }

  /** True when it has room for a message of the connection. */
  isOf(connection: InboundConnection): boolean {
    return this.streams.some((stream) => stream.connection === connection)
  }

  has(stream: InboundStream): boolean {
    return this.#streams.has(stream)
  }

  /** Keeps nothing for it any more. */
  delete(stream: InboundStream): void {
    this.#streams.delete(stream)
  }

  /**
   * Keeps room for the next message: of the connection that waits longest that which misses least.
   *
   * @param waiting the longest first
   * @returns undefined when none fits into the room
   */
  add(waiting: Iterable<InboundConnection>, roomBytes: number): InboundStream | undefined {
    const found = this.#next(waiting, roomBytes)
    if (found !== undefined) this.#streams.add(found)
    return found
  }

  /** Takes it from those that have not come further for a while. @returns them */
  takeFromIdle(nowMs: number): readonly InboundStream[] {
    const idle = [...this.#streams].filter(({ progressMs, resumedMs }) => {
      return nowMs - Math.max(progressMs, resumedMs) >= idleMsMax
    })
    for (const stream of idle) {
      this.#streams.delete(stream)
      this.#idle.add(stream)
    }
    return idle
  }

  #next(waiting: Iterable<InboundConnection>, roomBytes: number): InboundStream | undefined {
    if (roomBytes <= 0) return undefined
    const served = new Set(this.streams.map(({ connection }) => connection))
    let second: InboundStream | undefined
    for (const connection of waiting) {
      if (served.has(connection)) continue
      const least = leastMissing(connection.waiting)
      if (least === undefined || least.missingBytes > roomBytes) continue
      if (!this.#idle.has(least)) return least
      second ??= least
    }
    return second
  }
}
