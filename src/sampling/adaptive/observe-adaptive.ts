import type { SampledOperation, SamplingView } from '../../ports/sampling-view.ts'
import type { Metrics } from '../../telemetry/metrics.ts'

/** What metrics show besides the busiest operations is read from the whole; not more often than this, ms. */
const readAgainMs = 5000

/**
 * Metrics of shares that adapt. Only the busiest operations have a row each, so that they are as many as a
 * setting says however many there are.
 */
export function observeAdaptive(
  metrics: Pick<Metrics, 'observe'>,
  view: SamplingView,
  operationsMax: number,
): void {
  let busiest: readonly SampledOperation[] = []
  let readMs = Number.NEGATIVE_INFINITY
  const read = (): readonly SampledOperation[] => {
    if (performance.now() - readMs >= readAgainMs) {
      busiest = busiestOf(view.operations(undefined), operationsMax)
      readMs = performance.now()
    }
    return busiest
  }
  const rows = (value: (one: SampledOperation) => number) =>
    read().map((one) => ({
      value: value(one),
      labels: { service: one.service, operation: one.operation },
    }))
  metrics.observe('spangate_sampling_probability', () => rows(({ probability }) => probability))
  metrics.observe('spangate_sampling_observed_rate', () =>
    rows(({ observedPerSecond }) => observedPerSecond ?? 0),
  )
  metrics.observe('spangate_sampling_kept_rate', () =>
    rows(({ keptPerSecond }) => keptPerSecond ?? 0),
  )
  metrics.observe('spangate_sampling_services', () => [
    { value: view.status().services, labels: {} },
  ])
  metrics.observe('spangate_sampling_operations', () => [
    { value: view.status().operations, labels: {} },
  ])
  metrics.observe('spangate_sampling_leader', () => [
    { value: view.status().adaptive?.isLeader === true ? 1 : 0, labels: {} },
  ])
  metrics.observe('spangate_sampling_lease_seconds', () => [
    { value: (view.status().adaptive?.leaseMs ?? 0) / 1000, labels: {} },
  ])
}

/** Those with most traces a second, kept or not; the busiest first. */
export function busiestOf(
  operations: Iterable<SampledOperation>,
  count: number,
): readonly SampledOperation[] {
  if (count === 0) return []
  const rate = ({ observedPerSecond }: SampledOperation) => observedPerSecond ?? 0
  let kept: SampledOperation[] = []
  let least = Number.NEGATIVE_INFINITY
  for (const one of operations) {
    if (kept.length >= count && rate(one) <= least) continue
    kept.push(one)
    if (kept.length < count * 2) continue
    kept = kept.sort((a, b) => rate(b) - rate(a)).slice(0, count)
    least = rate(kept.at(-1) as SampledOperation)
  }
  return kept.sort((a, b) => rate(b) - rate(a)).slice(0, count)
}
