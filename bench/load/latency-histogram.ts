const subBuckets = 64
const octaves = 40

/**
 * Counts durations in buckets that are at most 1/64 (1.6 %) wide, from 1 µs to days, without
 * keeping them. Recording costs no allocation.
 */
export class LatencyHistogram {
  readonly #counts = new Float64Array(octaves * subBuckets)
  #count = 0
  #maxMs = 0
  #sumMs = 0

  /** How many durations were recorded. */
  get count(): number {
    return this.#count
  }

  /** The longest one, exactly; 0 when there is none. */
  get maxMs(): number {
    return this.#maxMs
  }

  /** 0 when there is none. */
  get meanMs(): number {
    return this.#count === 0 ? 0 : this.#sumMs / this.#count
  }

  record(durationMs: number): void {
    this.#counts[bucketOf(durationMs * 1000)] = (this.#counts[bucketOf(durationMs * 1000)] ?? 0) + 1
    this.#count++
    this.#sumMs += durationMs
    if (durationMs > this.#maxMs) this.#maxMs = durationMs
  }

  /**
   * The least duration that this share of all durations does not exceed, within 1.6 %.
   *
   * @param share from 0 to 1
   */
  quantileMs(share: number): number {
    const wanted = Math.max(1, Math.ceil(share * this.#count))
    let seen = 0
    for (let bucket = 0; bucket < this.#counts.length; bucket++) {
      seen += this.#counts[bucket] ?? 0
      if (seen >= wanted) return Math.min(this.#maxMs, upperMicros(bucket) / 1000)
    }
    return this.#maxMs
  }

  /** Forgets everything. */
  reset(): void {
    this.#counts.fill(0)
    this.#count = 0
    this.#maxMs = 0
    this.#sumMs = 0
  }
}

function bucketOf(micros: number): number {
  const value = Math.max(1, micros)
  const octave = Math.floor(Math.log2(value))
  const within = Math.floor((value / 2 ** octave - 1) * subBuckets)
  return Math.min(octaves * subBuckets - 1, octave * subBuckets + Math.min(subBuckets - 1, within))
}

function upperMicros(bucket: number): number {
  const octave = Math.floor(bucket / subBuckets)
  return 2 ** octave * (1 + ((bucket % subBuckets) + 1) / subBuckets)
}
