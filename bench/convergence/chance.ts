/** Reproducible chance: xorshift128+ in 32-bit halves is not needed here, a 32-bit generator is enough. */
export class Chance {
  #state: number

  constructor(seed: number) {
    this.#state = seed >>> 0 || 1
  }

  /** From 0 to below 1. Source: mulberry32, Tommy Ettinger, public domain. */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0
    let mixed = this.#state
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }

  below(count: number): number {
    return Math.floor(this.next() * count)
  }

  /** How many events of this mean happen. */
  poisson(mean: number): number {
    if (mean > 50) return Math.max(0, Math.round(mean + Math.sqrt(mean) * this.#normal()))
    const limit = Math.exp(-mean)
    let count = -1
    for (let product = 1; product > limit; product *= this.next()) count += 1
    return Math.max(0, count)
  }

  /** How many of `count` happen, each with this probability. */
  binomial(count: number, probability: number): number {
    if (probability >= 1) return count
    if (count > 50 && count * probability > 10 && count * (1 - probability) > 10) {
      const deviation = Math.sqrt(count * probability * (1 - probability))
      const drawn = Math.round(count * probability + deviation * this.#normal())
      return Math.min(count, Math.max(0, drawn))
    }
    if (count > 50) return Math.min(count, this.poisson(count * probability))
    let happened = 0
    for (let at = 0; at < count; at++) if (this.next() < probability) happened += 1
    return happened
  }

  #normal(): number {
    return Math.sqrt(-2 * Math.log(1 - this.next())) * Math.cos(2 * Math.PI * this.next())
  }
}
