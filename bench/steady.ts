/**
 * `npm run bench:steady [-- options]`: whether memory stays level under a steady load. See
 * docs/benchmarks.md.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { GatewayChild } from './gateway-child.ts'
import { LoadRun } from './load/load-run.ts'
import { connectAll } from './load/protocols.ts'
import { TemplateSet } from './load/templates.ts'
import { durationMsOf, numberOf } from './options.ts'
import { cpuSecondsOf, diskBytesOf, ownCpuSeconds, ResidentSampler } from './process-usage.ts'
import { environment, publish, spreadOf } from './report.ts'
import { slopePerSecond } from './slope.ts'

const { values } = parseArgs({
  options: {
    rate: { type: 'string', default: '20000' },
    batch: { type: 'string', default: '500' },
    'span-bytes': { type: 'string', default: '700' },
    duration: { type: 'string', default: '5m' },
    seed: { type: 'string', default: '1' },
    json: { type: 'string' },
  },
})
const options = {
  rate: numberOf('rate', values.rate, { min: 1 }),
  batch: numberOf('batch', values.batch, { min: 1, max: 50_000 }),
  spanBytes: numberOf('span-bytes', values['span-bytes'], { min: 415, max: 4000 }),
  durationMs: durationMsOf('duration', values.duration),
  seed: numberOf('seed', values.seed, { min: 1 }),
}
/** The first fifth is growth that ends: caches fill, code is compiled. */
const settledShare = 0.2

const folder = mkdtempSync(join(tmpdir(), 'spangate-bench-'))
const templates = TemplateSet.build({ ...options, format: 'otlp', distinctSpans: 200_000 })
const data = join(folder, 'data')
const gateway = await GatewayChild.start(`sqlite:${data}`)
const sampler = new ResidentSampler(gateway.pid, 1000)
const connected = await connectAll({
  protocol: 'otlp-grpc',
  ...gateway.endpoint('otlp.grpc'),
  connections: 4,
  inFlight: 16,
  gzip: false,
})
const ownBefore = ownCpuSeconds()
const cpuBefore = cpuSecondsOf(gateway.pid)
const load = new LoadRun({ ...connected, ...options, source: templates })
await setTimeout(options.durationMs)
const counts = load.counts()
sampler.stop()
const samplesMb = sampler.samples.map((bytes) => bytes / 1e6)
const settled = samplesMb.slice(Math.floor(samplesMb.length * settledShare))
const rss = spreadOf(settled)
const figures = {
  'server rss min mb': rss.min,
  'server rss median mb': rss.median,
  'server rss max mb': rss.max,
  'server rss peak mb': sampler.peakBytes / 1e6,
  'server rss slope mb per minute': slopePerSecond(settled, 1) * 60,
  'spans per second': counts.acknowledgedSpans / counts.seconds,
  'overdue export calls at the end': load.overdueCalls,
  'export p50 ms': load.latency.quantileMs(0.5),
  'export p99 ms': load.latency.quantileMs(0.99),
  'export max ms': load.latency.maxMs,
  'server cpu seconds per second': (cpuSecondsOf(gateway.pid) - cpuBefore) / counts.seconds,
  'loader cpu seconds per second': (ownCpuSeconds() - ownBefore) / counts.seconds,
}
await load.stop()
for (const connection of connected.connections) connection.close()
await gateway.stop()
const stored = load.counts().acknowledgedSpans
const diskBytesPerSpan = diskBytesOf(data) / stored
rmSync(folder, { recursive: true })
publish(
  {
    benchmark: 'steady',
    environment: environment(),
    options,
    figures: {
      ...Object.fromEntries(
        Object.entries({ ...figures, 'disk bytes per span': diskBytesPerSpan }).map(
          ([name, value]) => [name, spreadOf([value])],
        ),
      ),
      'server rss each second mb': spreadOf(samplesMb),
    },
    refused: counts.refusedCalls,
  },
  values.json,
)
process.exit(0)
