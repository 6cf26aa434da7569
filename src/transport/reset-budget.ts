/** Source: nghttp2 1.57 and later, NGHTTP2_DEFAULT_STREAM_RESET_BURST. */
const burst = 1000
/** With so few left it is time to part: until the client knows, more may come. */
const reserve = 250

/**
 * How many streams a client may still reset on its connection.
 *
 * nghttp2 ends a session with GOAWAY and INTERNAL_ERROR once too many streams were reset (the rapid
 * resets of CVE-2023-44487), and Node 20 cannot say otherwise. But resets are what a client
 * owes us: it sends one for each call that is answered before its message was sent whole, as a
 * gateway under load does with every call that it refuses, and one for each that it gives up. Whoever
 * sends many is asked to connect anew before its calls are lost.
 *
 * nghttp2 also gives 33 a second back. That is not counted on: it looks at a reset when it arrives, and
 * nobody tells us when that is. Where the socket has much to read, it is many seconds after our answer.
 */
export class ResetBudget {
  #left = burst

  /** Counts a reset that has come, or that an answer brings about. @returns whether it is time to part */
  spend(): boolean {
    this.#left -= 1
    return this.#left < reserve
  }
}
