/**
 * `npm run bench:udp [-- options]`: how many of the spans that Jaeger's clients send by UDP are lost,
 * and what they cost; with `--isolation`, what they do to Export calls. See docs/benchmarks.md.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { GatewayChild } from './gateway-child.ts'
import { readMetrics } from './gateway-metrics.ts'
import { LoadRun } from './load/load-run.ts'
import { PacedDatagrams } from './load/paced-datagrams.ts'
import { connectAll } from './load/protocols.ts'
import { TemplateSet } from './load/templates.ts'
import { durationMsOf, numberOf } from './options.ts'
import { cpuSecondsOf } from './process-usage.ts'
import { environment, publish, spreadsOf } from './report.ts'

const { values } = parseArgs({
  options: {
    rates: { type: 'string' },
    batch: { type: 'string', default: '80' },
    'span-bytes': { type: 'string', default: '700' },
    store: { type: 'string', default: 'memory:' },
    duration: { type: 'string', default: '15s' },
    warmup: { type: 'string', default: '10s' },
    runs: { type: 'string', default: '1' },
    isolation: { type: 'boolean', default: false },
    'export-rate': { type: 'string', default: '5000' },
    seed: { type: 'string', default: '1' },
    json: { type: 'string' },
  },
})
const ratesDefault = values.isolation ? '200000' : '40000,80000'
const rates = (values.rates ?? ratesDefault)
  .split(',')
  .map((rate) => numberOf('rates', rate, { min: 100, max: 10_000_000 }))
const options = {
  store: values.store,
  batch: numberOf('batch', values.batch, { min: 1, max: 80 }),
  spanBytes: numberOf('span-bytes', values['span-bytes'], { min: 415, max: 750 }),
  durationMs: durationMsOf('duration', values.duration),
  warmupMs: durationMsOf('warmup', values.warmup),
  isolation: values.isolation,
  exportRate: numberOf('export-rate', values['export-rate'], { min: 1 }),
  seed: numberOf('seed', values.seed, { min: 1 }),
}
const runs = numberOf('runs', values.runs, { min: 1, max: 100 })
const exportBatch = 100
/** Counters that stand still so long have told all. */
const settledMs = 500
const receiver = 'jaeger_udp_compact'

for (const rate of rates) {
  const results: Readonly<Record<string, number>>[] = []
  for (let run = 1; run <= runs; run++) results.push(await withGateway(rate))
  publish(
    {
      benchmark: options.isolation ? 'udp-isolation' : 'udp',
      environment: environment(),
      options: { ...options, rate, runs },
      figures: spreadsOf(results),
      refused: {},
    },
    values.json === undefined ? undefined : fileFor(values.json, rate),
  )
}
process.exit(0)

async function withGateway(rate: number): Promise<Readonly<Record<string, number>>> {
  const folder = mkdtempSync(join(tmpdir(), 'spangate-bench-'))
  const isOnDisk = options.store === 'sqlite:'
  const gateway = await GatewayChild.start(isOnDisk ? `sqlite:${folder}/data` : options.store)
  const datagrams = await PacedDatagrams.create({
    ...gateway.endpoint('jaeger.udp.compact'),
    ...options,
    rate,
  })
  try {
    return await measure(gateway, datagrams)
  } finally {
    await datagrams.close()
    await gateway.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}

async function measure(
  gateway: GatewayChild,
  datagrams: PacedDatagrams,
): Promise<Readonly<Record<string, number>>> {
  const exports = options.isolation ? await startExports(gateway) : undefined
  datagrams.start()
  await setTimeout(options.warmupMs)
  await datagrams.pause()
  const before = await settled(gateway)
  const cpuBefore = cpuSecondsOf(gateway.pid)
  exports?.load.reset()
  datagrams.start()
  await setTimeout(options.durationMs)
  const sent = await datagrams.pause()
  const { latency } = exports?.load ?? {}
  const exportFigures =
    latency === undefined
      ? {}
      : {
          'export p50 ms': latency.quantileMs(0.5),
          'export p99 ms': latency.quantileMs(0.99),
          'export max ms': latency.maxMs,
          'exports refused': Object.values(exports?.load.counts().refusedCalls ?? {}).length,
        }
  const after = await settled(gateway)
  const cpuSeconds = cpuSecondsOf(gateway.pid) - cpuBefore
  await exports?.stop()
  const stored = after.stored - before.stored
  return {
    'spans sent per second': sent.spans / sent.seconds,
    'spans stored per second': stored / sent.seconds,
    'lost percent': (100 * (sent.spans - stored)) / sent.spans,
    'datagrams dropped by the kernel': after.dropped - before.dropped,
    'datagrams refused': after.refused - before.refused,
    // With Export calls beside them the processor's time is not theirs alone.
    ...(exports === undefined ? { 'server spans per cpu second': stored / cpuSeconds } : {}),
    'server cpu seconds per second': cpuSeconds / sent.seconds,
    'datagrams late percent': (100 * sent.late) / sent.datagrams,
    ...exportFigures,
  }
}

interface Counted {
  readonly stored: number
  readonly dropped: number
  readonly refused: number
}

/** The counters, once they stand still. */
async function settled(gateway: GatewayChild): Promise<Counted> {
  let last = await counted(gateway)
  for (;;) {
    await setTimeout(settledMs)
    const now = await counted(gateway)
    if (now.stored === last.stored && now.refused === last.refused) return now
    last = now
  }
}

async function counted(gateway: GatewayChild): Promise<Counted> {
  const sums = await readMetrics(gateway.endpoint('admin'))
  const of = (name: string, labels: Readonly<Record<string, string>>) => sums(name, labels) || 0
  return {
    stored: of('spangate_spans_stored_total', { receiver }),
    dropped: of('spangate_udp_kernel_dropped_total', { listener: receiver }),
    refused: of('spangate_requests_refused_total', { receiver }),
  }
}

async function startExports(gateway: GatewayChild) {
  const source = TemplateSet.build({
    format: 'otlp',
    batch: exportBatch,
    spanBytes: options.spanBytes,
    seed: options.seed + 1000,
    distinctSpans: 20_000,
  })
  const connected = await connectAll({
    protocol: 'otlp-grpc',
    ...gateway.endpoint('otlp.grpc'),
    connections: 2,
    inFlight: 16,
    gzip: false,
  })
  const load = new LoadRun({ ...connected, batch: exportBatch, rate: options.exportRate, source })
  return {
    load,
    async stop() {
      await load.stop()
      for (const connection of connected.connections) connection.close()
    },
  }
}

/** One file for each rate: `out.json` becomes `out-40000.json`. */
function fileFor(file: string, rate: number): string {
  return rates.length === 1 ? file : file.replace(/(\.json)?$/, `-${rate}$1`)
}
