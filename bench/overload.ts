/**
 * `npm run bench:overload [-- options]`: several times more load than the gateway can take. What it
 * acknowledges must be stored, the rest must be refused in a way that clients try again, and memory
 * must stay within what is promised. Beside the load SDKs send, and clients stop halfway. See
 * docs/benchmarks.md.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { sendHalves } from '../test/e2e/half-sent.ts'
import { GatewayChild } from './gateway-child.ts'
import { readMetrics } from './gateway-metrics.ts'
import { Ledger } from './load/ledger.ts'
import { LoadRun } from './load/load-run.ts'
import type { Connected } from './load/protocols.ts'
import { connectAll } from './load/protocols.ts'
import { TemplateSet } from './load/templates.ts'
import { durationMsOf, numberOf } from './options.ts'
import { checkSdks, startSdks } from './overload-sdks.ts'
import { ownCpuSeconds, ResidentSampler } from './process-usage.ts'
import { QueryClient } from './query/query-client.ts'
import { environment, publish, spreadOf } from './report.ts'

const { values } = parseArgs({
  options: {
    store: { type: 'string', default: 'sqlite:' },
    times: { type: 'string', default: '4' },
    batch: { type: 'string', default: '500' },
    'span-bytes': { type: 'string', default: '700' },
    connections: { type: 'string', default: '20' },
    'in-flight': { type: 'string', default: '100' },
    duration: { type: 'string', default: '60s' },
    'half-sent': { type: 'string', default: '200' },
    'without-sdks': { type: 'boolean', default: false },
    capacity: { type: 'string', default: '0' },
    calibrate: { type: 'string', default: '8s' },
    seed: { type: 'string', default: '1' },
    json: { type: 'string' },
  },
})
const options = {
  store: values.store,
  times: numberOf('times', values.times, { min: 0.1, max: 100 }),
  batch: numberOf('batch', values.batch, { min: 1, max: 50_000 }),
  spanBytes: numberOf('span-bytes', values['span-bytes'], { min: 415, max: 4000 }),
  connections: numberOf('connections', values.connections, { min: 1, max: 1000 }),
  /** Of each connection; what is due beyond it waits here. */
  inFlight: numberOf('in-flight', values['in-flight'], { min: 1, max: 10_000 }),
  durationMs: durationMsOf('duration', values.duration),
  /** Connections that each send half of 60 MiB after a third of the time, and stop. */
  halfSent: numberOf('half-sent', values['half-sent'], { min: 0, max: 1000 }),
  withoutSdks: values['without-sdks'],
  /** Spans a second; 0 measures it. */
  capacity: numberOf('capacity', values.capacity, { min: 0 }),
  calibrateMs: durationMsOf('calibrate', values.calibrate),
  seed: numberOf('seed', values.seed, { min: 1 }),
}

/** docs/adr/0006: twice the bound, 256 MiB by default, and 500 MB for everything else. */
const promisedBytes = 2 * 256 * 1024 ** 2 + 500e6

const folder = mkdtempSync(join(tmpdir(), 'spangate-bench-'))
const store = options.store === 'sqlite:' ? `sqlite:${join(folder, 'data')}` : options.store
const templates = TemplateSet.build({ ...options, format: 'otlp', distinctSpans: 200_000 })
const gateway = await GatewayChild.start(store)
const sampler = new ResidentSampler(gateway.pid, 100)
const ledger = new Ledger(templates)
const capacity = options.capacity > 0 ? options.capacity : await measureCapacity()
console.log(`capacity ${Math.round(capacity)} spans/s, sending ${options.times} times as many`)

const connected = await connect(options.connections, options.inFlight)
const ownBefore = ownCpuSeconds()
const load = new LoadRun({
  ...connected,
  batch: options.batch,
  rate: capacity * options.times,
  source: ledger,
  // More messages are under way than there are templates, which change as soon as they come again.
  transform: (framed) => Buffer.from(framed),
  onResult: (message, result) => ledger.answered(message, result),
})
const { host, port } = gateway.endpoint('otlp.grpc')
const sdks = options.withoutSdks ? [] : startSdks(`${host}:${port}`, options.durationMs / 1000)
await setTimeout(options.durationMs / 3)
const halves = sendHalves(`${host}:${port}`, options.halfSent, 60 * 1024 ** 2)
await setTimeout((options.durationMs * 2) / 3)
const counts = load.counts()
const overdueCalls = load.overdueCalls
const ownSeconds = ownCpuSeconds() - ownBefore
await load.stop(60_000)
const unanswered = load.inFlight
disconnect(connected)
const halvesRefused = Object.values(halves.statuses).reduce((sum, count) => sum + count, 0)
halves.close()

const client = new QueryClient(gateway.endpoint('query.grpc'))
const { figures: sdkFigures, faults } = await checkSdks(sdks, client)
sampler.stop()
const missing = await ledger.missing(client)
client.close()
const sums = await readMetrics(gateway.endpoint('admin'))
const stored = sums('spangate_spans_stored_total', { receiver: 'otlp_grpc' })
await gateway.stop()
rmSync(folder, { recursive: true })

const end = load.counts()
const refusedOf = (keep: (status: string) => boolean): number =>
  Object.entries(end.refusedCalls)
    .filter(([status]) => keep(status))
    .reduce((sum, [, count]) => sum + count, 0)
const figures = {
  'capacity spans per second': capacity,
  'sent spans per second':
    (capacity * options.times * counts.seconds - overdueCalls * options.batch) / counts.seconds,
  'acknowledged spans per second': counts.acknowledgedSpans / counts.seconds,
  'export p50 ms': load.latency.quantileMs(0.5),
  'export p99 ms': load.latency.quantileMs(0.99),
  'acknowledged calls': end.acknowledgedCalls,
  'refused calls with RetryInfo': refusedOf((status) => status === '14+RetryInfo'),
  'refused calls without RetryInfo': refusedOf((status) => status === '14'),
  'otherwise failed calls': refusedOf((status) => !status.startsWith('14')),
  'unanswered calls': unanswered,
  'overdue calls never sent': overdueCalls,
  'acknowledged spans': ledger.acknowledgedSpans,
  'stored spans by the gateway': stored,
  'sampled traces looked up': ledger.sampledTraces,
  'acknowledged spans found missing': missing.length,
  'server rss peak mb': sampler.peakBytes / 1e6,
  'server rss final mb': sampler.finalBytes / 1e6,
  'half-sent messages refused': halvesRefused,
  ...sdkFigures,
  'loader cpu seconds per second': ownSeconds / counts.seconds,
}
publish(
  {
    benchmark: 'overload',
    environment: environment(),
    options,
    figures: Object.fromEntries(
      Object.entries(figures).map(([name, value]) => [name, spreadOf([value])]),
    ),
    refused: end.refusedCalls,
  },
  values.json,
)
for (const fault of faults.slice(0, 10)) console.error(fault)
const isLarge = sampler.peakBytes > promisedBytes
if (isLarge) console.error(`The gateway took over ${promisedBytes / 1e6} MB`)
for (const fault of missing.slice(0, 10)) console.error(`missing: ${fault}`)
const isShort = stored < ledger.acknowledgedSpans
if (isShort)
  console.error(`The gateway counts ${ledger.acknowledgedSpans - stored} stored spans less`)
process.exit(missing.length > 0 || faults.length > 0 || isShort || isLarge ? 1 : 0)

/** What it takes when each call waits for the one before. */
async function measureCapacity(): Promise<number> {
  const connected = await connect(4, 4)
  const load = new LoadRun({
    ...connected,
    batch: options.batch,
    rate: 0,
    source: ledger,
    onResult: (message, result) => ledger.answered(message, result),
  })
  await setTimeout(options.calibrateMs / 2)
  load.reset()
  await setTimeout(options.calibrateMs / 2)
  const { acknowledgedSpans, seconds } = load.counts()
  await load.stop()
  disconnect(connected)
  return acknowledgedSpans / seconds
}

async function connect(connections: number, inFlight: number): Promise<Connected> {
  const endpoint = gateway.endpoint('otlp.grpc')
  return await connectAll({
    protocol: 'otlp-grpc',
    ...endpoint,
    connections,
    inFlight,
    gzip: false,
  })
}

function disconnect({ connections }: Connected): void {
  for (const connection of connections) connection.close()
}
