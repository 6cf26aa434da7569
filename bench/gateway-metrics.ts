import type { Endpoint } from './gateway-child.ts'

/** Sums of a metric over those of its series that have all of these labels; NaN without any. */
export type MetricSums = (name: string, labels?: Readonly<Record<string, string>>) => number

/** Reads `/metrics` of a gateway once. */
export async function readMetrics({ host, port }: Endpoint): Promise<MetricSums> {
  const response = await fetch(`http://${host}:${port}/metrics`, {
    headers: { connection: 'close' },
  })
  const lines = (await response.text()).split('\n').filter((line) => !line.startsWith('#'))
  return (name, labels = {}) => {
    const wanted = Object.entries(labels).map(([label, value]) => `${label}="${value}"`)
    const found = lines
      .filter((line) => line.startsWith(`${name}{`) || line.startsWith(`${name} `))
      .filter((line) => wanted.every((label) => line.includes(label)))
    if (found.length === 0) return Number.NaN
    return found.reduce((sum, line) => sum + Number(/ (\S+)(?: \d+)?$/.exec(line)?.[1]), 0)
  }
}

/** How late the gateway's main thread was, p99 in ms, in the last 60 to 75 s; NaN when it does not say. */
export async function eventLoopDelayP99Ms(admin: Endpoint): Promise<number> {
  const sums = await readMetrics(admin)
  return sums('spangate_event_loop_delay_seconds', { quantile: '0.99' }) * 1000
}
