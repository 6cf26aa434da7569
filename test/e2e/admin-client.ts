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
