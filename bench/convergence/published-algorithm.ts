import type { ObservedOperation } from './simulate.ts'

/** Jaeger's options with their defaults. */
const target = 1
const tolerance = 0.3
const initial = 0.001
const minimum = 1e-5
const intervalSeconds = 60
const bucketsMax = 10
/** Rows are looked at when they are as old, in intervals. */
const delay = 2

interface Known {
  readonly service: string
  readonly probability: number
  readonly isAdaptive: boolean
}

type Bucket = ReadonlyMap<string, ObservedOperation>

/**
 * Adaptive sampling as Jaeger does it, for comparison. The newest count of an operation decides, two
 * minutes late. 30 % are tolerated; a probability grows by at most 100 % and falls at once, and stays
 * where no span says that clients use it. What has not been seen for ten minutes begins anew.
 *
 * Source: jaeger v2.20.0, internal/sampling/samplingstrategy/adaptive.
 */
export class PublishedAlgorithm {
  #known = new Map<string, Known>()
  #before = new Map<string, Known>()
  #buckets: Bucket[] = []
  readonly #late: Bucket[] = []

  probabilityOf(_service: string, operation: string): number {
    return this.#known.get(operation)?.probability ?? initial
  }

  *probabilities() {
    for (const [operation, { service, probability }] of this.#known) {
      yield { service, operation, probability }
    }
  }

  restore(probabilities: Iterable<{ service: string; operation: string; probability: number }>) {
    for (const { service, operation, probability } of probabilities) {
      this.#known.set(operation, { service, probability, isAdaptive: true })
    }
  }

  advance(throughput: Iterable<ObservedOperation>): void {
    this.#late.push(bucketOf(throughput))
    const bucket = this.#late.length > delay ? this.#late.shift() : undefined
    if (bucket === undefined) return
    this.#buckets = [bucket, ...this.#buckets].slice(0, bucketsMax)
    const next = new Map<string, Known>()
    const newest = new Map<string, ObservedOperation>()
    for (const one of this.#buckets.toReversed()) {
      for (const [operation, observed] of one) newest.set(operation, observed)
    }
    for (const [operation, observed] of newest) {
      next.set(operation, this.#next(operation, observed, bucket))
    }
    this.#before = this.#known
    this.#known = next
  }

  #next(operation: string, { service, kept }: ObservedOperation, bucket: Bucket): Known {
    const current = this.probabilityOf(service, operation)
    const isAdaptive = this.#isUsed(operation, current, bucket)
    const rate = kept / intervalSeconds
    if (Math.abs(rate - target) / target < tolerance || !isAdaptive) {
      return { service, probability: current, isAdaptive }
    }
    const wanted = rate === 0 ? current * 2 : (current * target) / rate
    const probability = Math.min(1, Math.max(minimum, Math.min(wanted, current * 2)))
    return { service, probability, isAdaptive }
  }

  #isUsed(operation: string, current: number, bucket: Bucket): boolean {
    if (Math.abs(current - initial) < 1e-10) return true
    const observed = bucket.get(operation)
    if (observed !== undefined) return observed.probabilities.has(current.toFixed(6))
    const before = this.#before.get(operation)
    return before?.isAdaptive === true && before.probability !== initial
  }
}

/** Spans that tell no probability are none to it. */
function bucketOf(throughput: Iterable<ObservedOperation>): Bucket {
  const bucket = new Map<string, ObservedOperation>()
  for (const row of throughput) {
    if (row.operation === '' || row.kept + row.forced === 0) continue
    const before = bucket.get(row.operation)
    bucket.set(row.operation, {
      ...row,
      kept: row.kept + (before?.kept ?? 0),
      probabilities: new Set([...(before?.probabilities ?? []), ...row.probabilities]),
    })
  }
  return bucket
}
