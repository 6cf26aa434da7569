import { monitorEventLoopDelay } from 'node:perf_hooks'
import type { Metrics } from './metrics.ts'

/**
 * Shows what runs and how it does: version, start, CPU time, event-loop delay, heap and resident memory.
 *
 * @param version of the program
 * @returns stops it
 */
export function observeProcess(metrics: Pick<Metrics, 'observe'>, version: string): () => void {
  const resolutionMs = 10
  const delay = monitorEventLoopDelay({ resolution: resolutionMs })
  delay.enable()
  metrics.observe('spangate_event_loop_delay_seconds', () => {
    // What is measured is the time between two ticks of the timer; the rest is delay.
    const seconds = (nano: number): number => Math.max(0, nano / 1e9 - resolutionMs / 1e3)
    const readings = [
      { value: seconds(delay.percentile(50)), labels: { quantile: '0.5' } },
      { value: seconds(delay.percentile(99)), labels: { quantile: '0.99' } },
      { value: seconds(delay.max), labels: { quantile: '1' } },
    ]
    delay.reset()
    return readings
  })
  metrics.observe('spangate_heap_used_bytes', () => [
    { value: process.memoryUsage().heapUsed, labels: {} },
  ])
  metrics.observe('spangate_resident_bytes', () => [
    { value: process.memoryUsage.rss(), labels: {} },
  ])
  metrics.observe('spangate_cpu_seconds_total', () => {
    const { user, system } = process.cpuUsage()
    return [{ value: (user + system) / 1e6, labels: {} }]
  })
  const startSeconds = Date.now() / 1000 - process.uptime()
  metrics.observe('spangate_start_time_seconds', () => [{ value: startSeconds, labels: {} }])
  metrics.observe('spangate_build_info', () => [
    { value: 1, labels: { version, node_version: process.versions.node } },
  ])
  return () => delay.disable()
}
