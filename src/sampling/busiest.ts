import type { SampledOperation } from '../ports/sampling-view.ts'

/** Gathers the operations with most traces a second, kept or not, from any number of them. */
export class Busiest {
  readonly #count: number
  #kept: SampledOperation[] = []
  #least = Number.NEGATIVE_INFINITY

  constructor(count: number) {
    this.#count = count
  }

  /** Those with fewer traces a second are none of them. */
  get leastPerSecond(): number {
    return this.#count === 0 ? Number.POSITIVE_INFINITY : this.#least
  }

  add(one: SampledOperation): void {
    if (this.#count === 0 || rate(one) < this.#least) return
    this.#kept.push(one)
    if (this.#kept.length >= this.#count * 2) this.#cut()
  }

  /** The busiest first; of equal ones those that came first. */
  finish(): readonly SampledOperation[] {
    this.#cut()
    return this.#kept
  }

  #cut(): void {
    this.#kept = this.#kept.sort((a, b) => rate(b) - rate(a)).slice(0, this.#count)
    const last = this.#kept.at(-1)
    if (last !== undefined && this.#kept.length === this.#count) this.#least = rate(last)
  }
}

function rate({ observedPerSecond }: SampledOperation): number {
  return observedPerSecond ?? 0
}
