/** Source: nghttp2 1.57 and later, NGHTTP2_DEFAULT_STREAM_RESET_BURST and _RATE. */
const burst = 1000
/** A little less than its 33, as it counts whole seconds. */
const perSecond = 32
/** With so few left it is time to part: until the client knows, more may come. */
const reserve = 250

/**
 * How many streams a client may still reset on its connection.
 *
 * nghttp2 ends a session with GOAWAY and INTERNAL_ERROR once too many streams were reset (the rapid
 * resets of CVE-2023-44487), and Node 20 cannot say how many these are. But resets are what a client
 * owes us: it sends one for each call that is answered before its message was sent whole, as a
 * gateway under load does with every call that it refuses, and one for each that it gives up. Whoever
 * sends many is asked to connect anew before its calls are lost.
 */
export class ResetBudget {
  #left = burst
  #givenMs: number

  /** @param nowMs monotonic, as of all calls */
  constructor(nowMs: number) {
    this.#givenMs = nowMs
  }

  /** Counts a reset. @returns whether it is time to part */
  spend(nowMs: number): boolean {
    const given = ((nowMs - this.#givenMs) / 1000) * perSecond
    this.#left = Math.min(burst, this.#left + given) - 1
    this.#givenMs = nowMs
    return this.#left < reserve
  }
}
