import type { Attributes, Histogram, Meter, Observable, ObservableGauge } from '@opentelemetry/api'
import { PrometheusExporter, PrometheusSerializer } from '@opentelemetry/exporter-prometheus'
import { AggregationType, MeterProvider } from '@opentelemetry/sdk-metrics'
import { LabelSums } from './label-sums.ts'
import type { LabelsOf, MetricName, MetricRow, NameOfKind } from './metric-table.ts'
import { metricTable } from './metric-table.ts'
import type { TallyReading } from './render-tallies.ts'
import { renderTallies } from './render-tallies.ts'

/** One reading of a gauge. */
export interface Reading<N extends MetricName> {
  readonly value: number
  readonly labels: LabelsOf<N>
}

/** The gateway's own metrics: the rows of `metricTable`, kept by the OpenTelemetry SDK. */
export interface Metrics {
  /** Adds to a counter, or to a level, which may also go down. */
  add<N extends NameOfKind<'counter' | 'level'>>(name: N, value: number, labels: LabelsOf<N>): void
  /** `add` for labels that stay as they are: each call costs an addition. Nothing is shown before the first. */
  adder<N extends NameOfKind<'counter' | 'level'>>(
    name: N,
    labels: LabelsOf<N>,
  ): (value: number) => void
  /** Records one value of a histogram. */
  record<N extends NameOfKind<'histogram'>>(name: N, value: number, labels: LabelsOf<N>): void
  /** Reads a gauge, list or tally whenever somebody asks for the metrics. Registered once for each. */
  observe<N extends NameOfKind<'gauge' | 'list' | 'tally'>>(
    name: N,
    read: () => readonly Reading<N>[],
  ): void
  /** The same for what takes a moment to find out; what its reading throws is shown as nothing. */
  observeLater<N extends NameOfKind<'list'>>(
    name: N,
    read: () => Promise<readonly Reading<N>[]>,
  ): void
  /** The sums of a counter, level or tally as they are, one for each set of labels that it ever had. */
  sums<N extends NameOfKind<'counter' | 'level' | 'tally'>>(name: N): Iterable<Reading<N>>
  /** All metrics in Prometheus' text format, version 0.0.4. */
  render(): Promise<string>
  /** Frees the SDK; safe to call twice. */
  close(): Promise<void>
}

/** The type of `Metrics.render`'s text, for the HTTP header. */
export const metricsContentType = 'text/plain; version=0.0.4; charset=utf-8'

/**
 * Makes an instrument for each row of `metricTable`.
 *
 * Nothing is registered globally and no server is started; the exporter serves as the reader alone.
 */
export function createMetrics(): Metrics {
  const exporter = new PrometheusExporter({ preventServerStart: true })
  const provider = new MeterProvider({ readers: [exporter], views: histogramViews() })
  const meter = provider.getMeter('spangate')
  const sums = new Map<string, LabelSums>()
  const histograms = new Map<string, Histogram>()
  const gauges = new Map<string, ObservableGauge>()
  const unkept = new Map<string, () => readonly TallyReading[]>()
  const later = new Map<string, () => Promise<readonly TallyReading[]>>()
  for (const [name, row] of Object.entries<MetricRow>(metricTable)) {
    if (row.kind === 'tally' || row.kind === 'list') continue
    const options = { description: row.doc }
    const instrument = instrumentName(name)
    if (row.kind === 'gauge') gauges.set(name, meter.createObservableGauge(instrument, options))
    else if (row.kind === 'histogram') {
      histograms.set(name, meter.createHistogram(instrument, options))
    } else sums.set(name, observedSums(meter, instrument, row))
  }
  // No prefix, no times, no target_info, no otel_scope labels: the names are the table's.
  const serializer = new PrometheusSerializer(undefined, false, undefined, true, true)
  let closed: Promise<void> | undefined
  return {
    add: (name, value, labels) => sums.get(name)?.add(value, labels),
    adder: (name, labels) => sums.get(name)?.adder(labels) ?? (() => {}),
    record: (name, value, labels) => histograms.get(name)?.record(value, labels as Attributes),
    observe: (name, read) => {
      const gauge = gauges.get(name)
      if (gauge === undefined) unkept.set(name, read)
      gauge?.addCallback((result) => {
        for (const { value, labels } of read()) result.observe(value, labels as Attributes)
      })
    },
    observeLater: (name, read) => {
      later.set(name, read)
    },
    // The rows of one name have its labels.
    sums: (name) => (sums.get(name)?.all() ?? unkept.get(name)?.() ?? []) as Iterable<never>,
    async render() {
      const [{ resourceMetrics }, found] = await Promise.all([exporter.collect(), readAll(later)])
      return serializer.serialize(resourceMetrics) + renderTallies(new Map([...unkept, ...found]))
    },
    close: () => {
      closed ??= provider.shutdown()
      return closed
    },
  }
}

async function readAll(
  later: ReadonlyMap<string, () => Promise<readonly TallyReading[]>>,
): Promise<(readonly [name: string, () => readonly TallyReading[]])[]> {
  return Promise.all(
    Array.from(later, async ([name, read]) => {
      const readings = await read().catch(() => [])
      return [name, () => readings] as const
    }),
  )
}

/** Sums that the SDK reads. */
function observedSums(meter: Meter, instrument: string, row: MetricRow): LabelSums {
  const sums = new LabelSums(row.labels)
  const options = { description: row.doc }
  const observable: Observable =
    row.kind === 'counter'
      ? meter.createObservableCounter(instrument, options)
      : meter.createObservableUpDownCounter(instrument, options)
  observable.addCallback((result) => {
    for (const { value, labels } of sums.all()) result.observe(value, labels)
  })
  return sums
}

/** The exporter ends a counter's name in `_total` itself. */
function instrumentName(name: string): string {
  return name.replace(/_total$/, '')
}

function histogramViews() {
  return Object.entries<MetricRow>(metricTable).flatMap(([name, row]) =>
    row.buckets === undefined
      ? []
      : [
          {
            instrumentName: name,
            aggregation: {
              type: AggregationType.EXPLICIT_BUCKET_HISTOGRAM as const,
              options: { boundaries: [...row.buckets] },
            },
          },
        ],
  )
}
