/** Between two lines. */
const everyMs = 10_000

/**
 * Lets a line of the log through now and then: for what any client can make happen with every request, and
 * metrics count.
 */
export class LogPace {
  #toldMs = Number.NEGATIVE_INFINITY

  /** True at most once in 10 s: the caller writes its line then. */
  take(): boolean {
    const nowMs = performance.now()
    if (nowMs - this.#toldMs < everyMs) return false
    this.#toldMs = nowMs
    return true
  }
}
