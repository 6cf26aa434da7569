import type { MetricRow } from './metric-table.ts'
import { metricTable } from './metric-table.ts'

/** docs/metrics.md, made from the table of metrics. */
export function renderMetrics(): string {
  const rows = Object.entries<MetricRow>(metricTable).map(([name, row]) => {
    const labels = row.labels.map((label) => `\`${label}\``).join(', ')
    return `| \`${name}\` | ${typeOf(row)} | ${unitOf(row)} | ${labels} | ${row.doc} |`
  })
  return `${intro}\n| metric | type | unit | labels | what it says |\n| --- | --- | --- | --- | --- |\n${rows.join('\n')}\n`
}

function typeOf(row: MetricRow): string {
  if (row.kind === 'tally') return 'counter'
  return row.kind === 'level' || row.kind === 'list' ? 'gauge' : row.kind
}

function unitOf(row: MetricRow): string {
  const units = { '1': '', By: 'bytes', s: 'seconds' } as const
  return units[row.unit]
}

const intro = `# Metrics

<!-- Made by \`npm run docs\` from src/telemetry/metric-table.ts; do not edit. -->

\`/metrics\` on the admin port (8888) shows them in Prometheus' text format. For each receiver and format, at every moment:

    received = stored + rejected + dropped + in flight

Requests that were refused as a whole have a counter of their own, as nobody has counted their spans. A metric appears
once it has a value.
`
