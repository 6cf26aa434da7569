import type { AdaptiveParameters } from './parameters.ts'
import type { Bucket, OperationCount } from './throughput.ts'

/** What is told of an operation. */
export interface Share {
  readonly probability: number
  /** For how many intervals nothing has been seen of it. */
  readonly idle: number
}

/** Shares by service and operation. */
export type Shares = ReadonlyMap<string, ReadonlyMap<string, Share>>

/** An operation that pauses does not begin anew before so many intervals. */
const idleMax = 10

/** How far a share grows at once: a program that pauses for an interval must not come back with a flood. */
const growthMax = 2

/**
 * New shares from what was counted with those before: the target, divided by how many root spans there are.
 *
 * A span tells by which share it was kept, so it stands for 1 / share of them whichever share that was: changes
 * that have not reached all clients yet, and clients that follow nobody, do no harm. One span is added that the
 * share of the moment would have kept, so that an interval without any says that there are few, not none; with
 * the target's worth of spans in a minute that is an error of two percent.
 *
 * Jaeger multiplies the share by target / kept, and only where the newest spans were kept by that share
 * (jaeger v2.20.0, internal/sampling/samplingstrategy/adaptive/post_aggregator.go). In a bucket in which the share changed it
 * counts the spans of both for one, and falls far below the target; spans of OpenTelemetry's SDKs it does not count.
 *
 * @param buckets those that count, the newest first
 */
export function calculateShares(
  before: Shares,
  buckets: readonly Bucket[],
  parameters: AdaptiveParameters,
): Shares {
  const weights = weightsOf(buckets.length)
  const shares = new Map<string, Map<string, Share>>()
  for (const service of new Set([...before.keys(), ...(buckets[0]?.keys() ?? [])])) {
    const known = before.get(service)
    const counted = buckets.map((bucket) => bucket.get(service))
    const own = new Map<string, Share>()
    for (const operation of new Set([...(known?.keys() ?? []), ...(counted[0]?.keys() ?? [])])) {
      const share = known?.get(operation)
      const isSeen = buckets.length === 0 || counted[0]?.has(operation) === true
      const idle = isSeen ? 0 : (share?.idle ?? 0) + 1
      if (idle > idleMax) continue
      const counts = counted.map((operations) => operations?.get(operation))
      const probability = nextShare(share?.probability, counts, weights, parameters)
      own.set(operation, { probability, idle })
    }
    if (own.size > 0) shares.set(service, own)
  }
  return shares
}

/** The newest counts most: (n - i)^4 of all. */
function weightsOf(length: number): readonly number[] {
  const raw = Array.from({ length }, (_, index) => (length - index) ** 4)
  const sum = raw.reduce((total, weight) => total + weight, 0)
  return raw.map((weight) => weight / sum)
}

function nextShare(
  known: number | undefined,
  counts: readonly (OperationCount | undefined)[],
  weights: readonly number[],
  parameters: AdaptiveParameters,
): number {
  const { targetPerSecond, tolerance, intervalMs, minProbability, initialProbability } = parameters
  const share = clamp(known ?? initialProbability, minProbability)
  if (counts.length === 0) return share
  const all = counts.reduce((sum, count, index) => {
    return sum + (count?.estimated ?? 0) * (weights[index] ?? 0)
  }, 1 / share)
  const perSecond = (all * 1000) / intervalMs
  const isNear = Math.abs(share * perSecond - targetPerSecond) / targetPerSecond < tolerance
  if (isNear) return share
  return clamp(Math.min(targetPerSecond / perSecond, share * growthMax), minProbability)
}

function clamp(share: number, minProbability: number): number {
  return Math.min(1, Math.max(minProbability, share))
}
