import type { LeaseHolder, SamplingStore } from '../../ports/sampling-store.ts'

/**
 * The lease of whoever calculates the shares, as one process sees it. Its times are those of a monotonic clock,
 * from before the store was asked, so that a process which was held up knows that it may not lead any more.
 */
export class Lease {
  readonly #store: SamplingStore
  readonly #self: LeaseHolder
  readonly #leaseMs: number
  #holder: LeaseHolder | undefined
  #knownUntilMs = 0
  #term = 0

  constructor(store: SamplingStore, self: LeaseHolder, leaseMs: number) {
    this.#store = store
    this.#self = self
    this.#leaseMs = leaseMs
  }

  /** Takes or renews it, or learns who has it. */
  async refresh(nowMs: number): Promise<void> {
    const wasHeld = this.isHeld(nowMs)
    this.#holder = await this.#store.lease(this.#self, this.#leaseMs)
    this.#knownUntilMs = nowMs + this.#leaseMs
    if (!wasHeld && this.#holder.id === this.#self.id) this.#term += 1
  }

  /** Whether it is surely ours. */
  isHeld(nowMs: number): boolean {
    // The store counts whole seconds from when it was asked.
    return this.#holder?.id === this.#self.id && nowMs < this.#knownUntilMs
  }

  /** How often it was taken: another process may have had it in between. */
  get term(): number {
    return this.#term
  }

  /** Who has it, as far as was heard; undefined when that is too long ago. */
  holder(nowMs: number): LeaseHolder | undefined {
    return nowMs < this.#knownUntilMs ? this.#holder : undefined
  }

  /** Until when that is known, ms. */
  get knownUntilMs(): number {
    return this.#knownUntilMs
  }

  async release(): Promise<void> {
    if (this.#holder?.id !== this.#self.id) return
    this.#holder = undefined
    await this.#store.release(this.#self)
  }
}
