import type { MetricRow } from './metric-table.ts'
import { metricTable } from './metric-table.ts'

/** One reading of a tally or list. */
export interface TallyReading {
  readonly value: number
  readonly labels: Readonly<Record<string, string>>
}

/**
 * Tallies and lists in Prometheus' text format, version 0.0.4. The OpenTelemetry SDK keeps every set of labels
 * that it was ever shown, and shows at most 2,000; clients and operations come and go, so theirs bypass it.
 *
 * Source: https://prometheus.io/docs/instrumenting/exposition_formats/
 */
export function renderTallies(tallies: ReadonlyMap<string, () => readonly TallyReading[]>): string {
  let text = ''
  for (const [name, row] of Object.entries<MetricRow>(metricTable)) {
    const readings = tallies.get(name)?.() ?? []
    if (readings.length === 0) continue
    text += `# HELP ${name} ${escaped(row.doc)}\n# TYPE ${name} ${row.kind === 'tally' ? 'counter' : 'gauge'}\n`
    for (const { value, labels } of readings) {
      const pairs = row.labels.map((label) => `${label}="${escapedLabel(labels[label] ?? '')}"`)
      text += `${name}${pairs.length === 0 ? '' : `{${pairs.join(',')}}`} ${value}\n`
    }
  }
  return text
}

function escaped(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n')
}

function escapedLabel(text: string): string {
  return escaped(text).replaceAll('"', '\\"')
}
