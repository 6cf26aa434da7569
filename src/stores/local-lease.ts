import type { LeaseHolder } from '../ports/sampling-store.ts'

/** A lease among those who share this object. */
export class LocalLease {
  #holder: LeaseHolder | undefined
  #untilMs = 0
  readonly #now: () => number

  /** @param now a monotonic clock, ms */
  constructor(now = () => performance.now()) {
    this.#now = now
  }

  /** As `SamplingStore.lease`. */
  take(holder: LeaseHolder, leaseMs: number): LeaseHolder {
    const nowMs = this.#now()
    const current = nowMs < this.#untilMs ? this.#holder : undefined
    if (current !== undefined && current.id !== holder.id) return current
    this.#holder = holder
    this.#untilMs = nowMs + leaseMs
    return holder
  }

  /** As `SamplingStore.release`. */
  release({ id }: LeaseHolder): void {
    if (this.#holder?.id === id) this.#holder = undefined
  }
}
