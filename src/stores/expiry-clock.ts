/** The two clocks of a process; injected where a test moves them. */
export interface StoreClock {
  /** Wall clock, ms since the epoch; may jump. */
  nowUnixMs(): number
  /** Ms since any moment; never jumps. */
  monotonicMs(): number
}

/** The clocks of this process. */
export const systemClock: StoreClock = {
  nowUnixMs: () => Date.now(),
  monotonicMs: () => performance.now(),
}

/** What decides which spans are expired. */
export interface ExpiryClockOptions {
  readonly clock: StoreClock
  /** How long spans are kept after their arrival. */
  readonly retentionMs: number
  /** How long a clock that jumped forward must stay there before it is believed. */
  readonly graceMs: number
  /**
   * Newest arrival that is already kept and whose clock is believed. A clock far past it at start
   * counts as a jump: a machine may have come up with a wrong one.
   */
  readonly newestArrivalUnixMs?: number | undefined
  readonly onPaused: (jumpMs: number) => void
  readonly onResumed: () => void
}

/** A larger step against the monotonic clock is a jump. */
export const jumpMsMin = 3_600_000

/**
 * Says since when arrivals are kept (docs/adr/0009-clocks-that-come-back.md). The answer stands still
 * while the wall clock is ahead of where the monotonic one says it must be: a clock that was set wrong
 * for a minute must not remove three days of spans. It goes back only with a clock that jumps back, as
 * arrivals do: under a clock that was believed and was wrong, what arrives after it would be expired
 * at once.
 */
export class ExpiryClock {
  readonly #options: ExpiryClockOptions
  /** Where both clocks stood when they last agreed. */
  #wallMs: number
  #monotonicMs: number
  /** Monotonic time at which the jump was seen. */
  #jumpedAtMs: number | undefined
  #keptSinceUnixMs: number
  /** Monotonic time at which that was the wall clock less the retention. */
  #keptAtMs: number

  constructor(options: ExpiryClockOptions) {
    this.#options = options
    const wallMs = options.clock.nowUnixMs()
    this.#wallMs = Math.min(wallMs, options.newestArrivalUnixMs ?? wallMs)
    this.#monotonicMs = options.clock.monotonicMs()
    this.#keptSinceUnixMs = this.#wallMs - options.retentionMs
    this.#keptAtMs = this.#monotonicMs
  }

  /** Spans that arrived before this are expired, ms since the epoch. */
  keptSinceUnixMs(): number {
    const { clock, graceMs, retentionMs } = this.#options
    const wallMs = clock.nowUnixMs()
    const monotonicMs = clock.monotonicMs()
    const jumpMs = wallMs - this.#wallMs - (monotonicMs - this.#monotonicMs)
    if (jumpMs > jumpMsMin && !this.#isBelieved(monotonicMs, jumpMs, graceMs)) {
      return this.#keptSinceUnixMs
    }
    if (this.#jumpedAtMs !== undefined) {
      this.#jumpedAtMs = undefined
      this.#options.onResumed()
    }
    this.#wallMs = wallMs
    this.#monotonicMs = monotonicMs
    this.#follow(wallMs - retentionMs, monotonicMs)
    return this.#keptSinceUnixMs
  }

  /** Small steps back are waited out. */
  #follow(sinceUnixMs: number, monotonicMs: number): void {
    const behindMs = this.#keptSinceUnixMs + (monotonicMs - this.#keptAtMs) - sinceUnixMs
    if (sinceUnixMs < this.#keptSinceUnixMs && behindMs <= jumpMsMin) return
    this.#keptSinceUnixMs = sinceUnixMs
    this.#keptAtMs = monotonicMs
  }

  #isBelieved(monotonicMs: number, jumpMs: number, graceMs: number): boolean {
    if (this.#jumpedAtMs === undefined) {
      this.#jumpedAtMs = monotonicMs
      if (graceMs > 0) this.#options.onPaused(jumpMs)
    }
    return monotonicMs - this.#jumpedAtMs >= graceMs
  }
}
