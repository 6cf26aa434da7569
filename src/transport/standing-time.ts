import { performance } from 'node:perf_hooks'

/** What a `StandingTime` is made of. */
export interface StandingTimeOptions {
  /** How long requests may take on average before there are too many of them. */
  readonly targetMs: number
  /** Monotonic. */
  readonly now?: () => number
  /** The main thread's share of busy time since it was asked last, 0 to 1. */
  readonly busyShare?: () => number
}

/** A request that has been answered. */
export interface AnsweredRequest {
  /** From its headers to its answer. */
  readonly tookMs: number
  /** From its last byte to its answer: the part that is not its client's. */
  readonly insideMs: number
}

/** Answered requests are looked at together for so long. */
const windowMs = 500
/** So many may be under way in any case. */
const requestsMin = 10
/** From here on the main thread is what requests wait for. */
const busyShareMin = 0.9

/**
 * Knows whether requests stand in a queue that does not get shorter, wherever it is: in windows of
 * HTTP/2, in sockets, before the main thread or the store.
 *
 * As CoDel does (RFC 8289) it goes by how long things take, not by how many there are: a burst is
 * fine, and no size of a queue fits every machine. Once requests take longer than the target, as many
 * may be under way as are answered within it (Little's law); that ends when they take half of it.
 * Clients that are slow themselves do not count: the main thread must be busy, or the time must pass
 * after a message's last byte.
 */
export class StandingTime {
  readonly #targetMs: number
  readonly #now: () => number
  readonly #busyShare: () => number
  #windowStartMs: number
  #sums = { requests: 0, tookMs: 0, insideMs: 0 }
  #requestsPerMs: number | undefined
  #meanMs = 0
  #standingSinceMs: number | undefined

  constructor(options: StandingTimeOptions) {
    this.#targetMs = options.targetMs
    this.#now = options.now ?? (() => performance.now())
    this.#busyShare = options.busyShare ?? createBusyShare()
    this.#windowStartMs = this.#now()
  }

  /** How long the requests of the last window took on average. */
  get meanMs(): number {
    return this.#meanMs
  }

  /** How long there has been a standing queue; undefined while there is none. */
  get standingMs(): number | undefined {
    return this.#standingSinceMs === undefined ? undefined : this.#now() - this.#standingSinceMs
  }

  /** Takes an answered request into account. @returns whether a window has ended with it */
  answered({ tookMs, insideMs }: AnsweredRequest): boolean {
    const sums = this.#sums
    sums.requests += 1
    sums.tookMs += tookMs
    sums.insideMs += insideMs
    const nowMs = this.#now()
    if (nowMs - this.#windowStartMs < windowMs) return false
    this.#endWindow(nowMs)
    return true
  }

  /** How many requests may be under way; infinite while none has to stand. */
  get requestsMax(): number {
    if (this.#standingSinceMs === undefined) return Number.POSITIVE_INFINITY
    return Math.max(requestsMin, Math.round((this.#requestsPerMs ?? 0) * this.#targetMs))
  }

  #endWindow(nowMs: number): void {
    const { requests, tookMs, insideMs } = this.#sums
    const requestsPerMs = requests / (nowMs - this.#windowStartMs)
    const before = this.#requestsPerMs ?? requestsPerMs
    this.#requestsPerMs = (before + requestsPerMs) / 2
    this.#meanMs = tookMs / requests
    const isOurs = this.#busyShare() >= busyShareMin || insideMs / requests > this.#targetMs / 2
    if (this.#meanMs > this.#targetMs && isOurs) this.#standingSinceMs ??= nowMs
    else if (this.#meanMs < this.#targetMs / 2 || !isOurs) this.#standingSinceMs = undefined
    this.#sums = { requests: 0, tookMs: 0, insideMs: 0 }
    this.#windowStartMs = nowMs
  }
}

function createBusyShare(): () => number {
  let last = performance.eventLoopUtilization()
  return () => {
    const now = performance.eventLoopUtilization()
    const { utilization } = performance.eventLoopUtilization(now, last)
    last = now
    return utilization
  }
}
