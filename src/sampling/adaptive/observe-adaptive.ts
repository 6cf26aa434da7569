import type { SampledOperation, SamplingStatus } from '../../ports/sampling-view.ts'
import type { Metrics } from '../../telemetry/metrics.ts'

/**
 * Metrics of shares that adapt.
 *
 * @param busiest operations that have a row each, so that there are as many as a setting says
 */
export function observeAdaptive(
  metrics: Pick<Metrics, 'observe'>,
  status: () => SamplingStatus,
  busiest: () => readonly SampledOperation[],
): void {
  const rows = (value: (one: SampledOperation) => number) =>
    busiest().map((one) => ({
      value: value(one),
      labels: { service: one.service, operation: one.operation },
    }))
  const one = (value: number) => [{ value, labels: {} }]
  metrics.observe('spangate_sampling_probability', () => rows(({ probability }) => probability))
  metrics.observe('spangate_sampling_observed_rate', () =>
    rows(({ observedPerSecond }) => observedPerSecond ?? 0),
  )
  metrics.observe('spangate_sampling_kept_rate', () =>
    rows(({ keptPerSecond }) => keptPerSecond ?? 0),
  )
  metrics.observe('spangate_sampling_services', () => one(status().services))
  metrics.observe('spangate_sampling_operations', () => one(status().operations))
  metrics.observe('spangate_sampling_leader', () => one(status().adaptive?.isLeader ? 1 : 0))
  metrics.observe('spangate_sampling_lease_seconds', () => {
    return one((status().adaptive?.leaseMs ?? 0) / 1000)
  })
}
