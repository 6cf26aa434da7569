/**
 * Lets through so many a second, and at least one at once; full at the start.
 *
 * Source: jaeger documentation, sampling, rate limiting: a leaky bucket.
 */
export class TokenBucket {
  readonly perSecond: number
  readonly #max: number
  #balance: number
  #filledMs: number

  /** @param perSecond 0 lets nothing through */
  constructor(perSecond: number, nowMs: number) {
    this.perSecond = perSecond
    this.#max = perSecond === 0 ? 0 : Math.max(1, perSecond)
    this.#balance = this.#max
    this.#filledMs = nowMs
  }

  /** Takes one. @returns whether there was one */
  take(nowMs: number): boolean {
    const added = (Math.max(0, nowMs - this.#filledMs) * this.perSecond) / 1000
    this.#balance = Math.min(this.#max, this.#balance + added)
    this.#filledMs = nowMs
    if (this.#balance < 1) return false
    this.#balance -= 1
    return true
  }
}
