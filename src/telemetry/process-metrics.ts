import { LoopDelay } from './loop-delay.ts'
import type { Metrics } from './metrics.ts'

/**
 * Shows what runs and how it does: version, start, CPU time, event-loop delay, heap and resident memory.
 *
 * @param version of the program
 * @returns stops it
 */
export function observeProcess(metrics: Pick<Metrics, 'observe'>, version: string): () => void {
  const delay = new LoopDelay()
  metrics.observe('spangate_event_loop_delay_seconds', () =>
    [0.5, 0.99, 1].map((share) => ({
      value: delay.seconds(share),
      labels: { quantile: String(share) },
    })),
  )
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
  return () => delay.close()
}
