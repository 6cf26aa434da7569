/**
 * Names that were stored lately and need not be again. Everything is forgotten after a while, in
 * good time before the rows expire, and when there are too many.
 */
export class NameCache {
  readonly #renewMs: number
  readonly #namesMax: number
  readonly #now: () => number
  readonly #names = new Set<string>()
  #forgetAtMs: number

  /**
   * @param ttlSeconds how long the rows live; 0: for ever
   * @param now a monotonic clock in ms
   */
  constructor(ttlSeconds: number, now: () => number = () => performance.now(), namesMax = 100_000) {
    this.#renewMs = ttlSeconds === 0 ? renewMaxMs : Math.min(renewMaxMs, (ttlSeconds * 1000) / 4)
    this.#namesMax = namesMax
    this.#now = now
    this.#forgetAtMs = now() + this.#renewMs
  }

  /** Whether a name was added since it was last forgotten. */
  has(name: string): boolean {
    if (this.#now() >= this.#forgetAtMs) this.forget()
    return this.#names.has(name)
  }

  /** Remembers a name; only once its row is stored. */
  add(name: string): void {
    if (this.#names.size >= this.#namesMax) this.forget()
    this.#names.add(name)
  }

  /** Forgets all of them: their rows may be gone. */
  forget(): void {
    this.#names.clear()
    this.#forgetAtMs = this.#now() + this.#renewMs
  }
}

/** As Jaeger has it, whatever the TTL is. */
const renewMaxMs = 12 * 3_600_000
