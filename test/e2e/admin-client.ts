import { setTimeout } from 'node:timers/promises'

/** What an HTTP request of the admin port was answered with. */
export interface AdminAnswer {
  readonly status: number
  readonly type: string | undefined
  readonly body: string
}

/** Asks the admin port, each time by a connection of its own. */
export async function admin(address: string, path: string): Promise<AdminAnswer> {
  const response = await fetch(`http://${address}${path}`, { headers: { connection: 'close' } })
  const type = response.headers.get('content-type') ?? undefined
  return { status: response.status, type, body: await response.text() }
}

/** Sums of a metric over those of its series that have all of these labels. */
export type MetricSums = (name: string, labels?: Readonly<Record<string, string>>) => number

/** Reads `/metrics` once. */
export async function readMetrics(address: string): Promise<MetricSums> {
  const { body } = await admin(address, '/metrics')
  const lines = body.split('\n').filter((line) => line !== '' && !line.startsWith('#'))
  return (name, labels = {}) => {
    const wanted = Object.entries(labels).map(([label, value]) => `${label}="${value}"`)
    return lines
      .filter((line) => line.startsWith(`${name}{`) || line.startsWith(`${name} `))
      .filter((line) => wanted.every((label) => line.includes(label)))
      .reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' ') + 1)), 0)
  }
}

const waitMsMax = 60_000

/**
 * Reads the metrics until they are so, at most a minute: what is counted or given back after an answer is
 * not there yet when the answer is. @returns them, as they are then
 */
export async function metricsWith(
  address: string,
  isSo: (sum: MetricSums) => boolean,
): Promise<MetricSums> {
  const endMs = performance.now() + waitMsMax
  for (;;) {
    const sum = await readMetrics(address)
    if (isSo(sum) || performance.now() > endMs) return sum
    await setTimeout(50)
  }
}

/** As the metrics are once no bytes are held any longer. */
export function metricsAtRest(address: string): Promise<MetricSums> {
  return metricsWith(address, (sum) => sum('spangate_bytes_in_flight') === 0)
}

/** What is left over when the spans of all receivers are added up; 0 is right. */
export function unaccountedSpans(sum: MetricSums): number {
  return (
    sum('spangate_spans_received_total') -
    sum('spangate_spans_stored_total') -
    sum('spangate_spans_rejected_total') -
    sum('spangate_spans_dropped_total') -
    sum('spangate_spans_in_flight')
  )
}
