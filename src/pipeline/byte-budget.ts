import { GatewayError } from '../errors/gateway-error.ts'

/** What a `ByteBudget` is made of. */
export interface ByteBudgetOptions {
  /** Most bytes that are held at a time. */
  readonly boundBytes: number
  /** How long a request waits for room; infinite, only its deadline ends that. */
  readonly waitMs: number
  /** What a refused client is told to wait before it tries again; 1 s by default. */
  readonly retryAfterMs?: number
}

/** Bytes that a request wants. */
export interface Claim {
  readonly sizeBytes: number
  /** ms since the epoch; a claim never waits past it. */
  readonly deadlineUnixMs?: number | undefined
  readonly signal: AbortSignal
}

interface Waiter {
  readonly sizeBytes: number
  readonly grant: () => void
}

/**
 * The one bound for bytes in flight of the process (docs/adr/0002-acknowledged-means-stored.md).
 *
 * What has arrived is counted without asking (`take`), because it is in memory already; who wants
 * more asks first (`acquire`) and waits in line. The line is first come, first served, so that a
 * large request is not passed by small ones for ever. It has no maximum of its own: each waiter is
 * a request whose bytes are counted.
 */
export class ByteBudget {
  readonly boundBytes: number
  readonly #waitMs: number
  readonly #retryAfterMs: number
  readonly #waiters = new Set<Waiter>()
  readonly #listeners = new Set<() => void>()
  #usedBytes = 0

  constructor(options: ByteBudgetOptions) {
    this.boundBytes = options.boundBytes
    this.#waitMs = options.waitMs
    this.#retryAfterMs = options.retryAfterMs ?? 1000
  }

  /** Bytes held now; may be a little over the bound, by what one read of each socket brings. */
  get usedBytes(): number {
    return this.#usedBytes
  }

  /** Room that is left; negative when there is less than none. */
  get freeBytes(): number {
    return this.boundBytes - this.#usedBytes
  }

  /** Counts bytes that are in memory already. */
  take(sizeBytes: number): void {
    this.#usedBytes += sizeBytes
  }

  /** Gives bytes back, lets waiters in and tells the listeners. */
  give(sizeBytes: number): void {
    if (sizeBytes === 0) return
    this.#usedBytes -= sizeBytes
    this.#admitWaiters()
    for (const listener of this.#listeners) listener()
  }

  /** Calls back after bytes were given back. @returns a function that ends this */
  onGiven(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /**
   * Waits for room and takes it.
   *
   * @throws GatewayError 'overloaded' when there is none in time, 'too_large' when there never can
   * be, 'cancelled' when the signal aborts
   */
  async acquire(claim: Claim): Promise<void> {
    claim.signal.throwIfAborted()
    const { sizeBytes } = claim
    if (sizeBytes <= 0) return
    if (sizeBytes > this.boundBytes) {
      throw new GatewayError(
        'too_large',
        `Cannot admit request: it needs ${sizeBytes} bytes, the bound of all requests is ${this.boundBytes}`,
      )
    }
    if (this.#waiters.size === 0 && sizeBytes <= this.freeBytes) {
      this.#usedBytes += sizeBytes
      return
    }
    const untilDeadlineMs = (claim.deadlineUnixMs ?? Number.POSITIVE_INFINITY) - Date.now()
    const waitMs = Math.min(this.#waitMs, untilDeadlineMs)
    if (waitMs <= 0) throw this.#overloaded()
    await this.#wait(sizeBytes, waitMs, claim.signal)
  }

  #wait(sizeBytes: number, waitMs: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const leave = () => {
        clearTimeout(timer)
        signal.removeEventListener('abort', cancel)
        this.#waiters.delete(waiter)
      }
      const waiter: Waiter = {
        sizeBytes,
        grant: () => {
          leave()
          resolve()
        },
      }
      const fail = (error: unknown) => {
        leave()
        reject(error)
        // Who stood behind may fit where this one did not.
        this.#admitWaiters()
      }
      const cancel = () => fail(signal.reason)
      const timer = Number.isFinite(waitMs)
        ? setTimeout(() => fail(this.#overloaded()), waitMs)
        : undefined
      signal.addEventListener('abort', cancel)
      this.#waiters.add(waiter)
    })
  }

  #admitWaiters(): void {
    for (const waiter of this.#waiters) {
      if (waiter.sizeBytes > this.freeBytes) return
      this.#usedBytes += waiter.sizeBytes
      waiter.grant()
    }
  }

  #overloaded(): GatewayError {
    return new GatewayError(
      'overloaded',
      `Cannot admit request: ${this.#usedBytes} of ${this.boundBytes} bytes in flight are taken`,
      { retryAfterMs: this.#retryAfterMs },
    )
  }
}
