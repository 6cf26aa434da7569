/**
 * `npm run bench:isolation [-- options]`: what searches over the whole store do to the spans that
 * come in meanwhile, and the other way round. See docs/benchmarks.md.
 */
import { setTimeout } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { eventLoopDelayP99Ms } from './gateway-metrics.ts'
import { LoadRun } from './load/load-run.ts'
import { connectAll } from './load/protocols.ts'
import { createBenchRandom } from './load/random.ts'
import { TemplateSet } from './load/templates.ts'
import { durationMsOf, numberOf } from './options.ts'
import { cpuSecondsOf, ownCpuSeconds, ResidentSampler } from './process-usage.ts'
import { openFilledStore } from './query/filled-store.ts'
import { QueryClient } from './query/query-client.ts'
import { SearchLoad } from './query/search-load.ts'
import { searchKinds } from './query/searches.ts'
import { environment, publish, spreadOf } from './report.ts'

const { values } = parseArgs({
  options: {
    spans: { type: 'string', default: '5000000' },
    'span-bytes': { type: 'string', default: '700' },
    spread: { type: 'string', default: '6h' },
    keep: { type: 'string' },
    rate: { type: 'string', default: '20000' },
    batch: { type: 'string', default: '500' },
    searches: { type: 'string', default: '20' },
    'no-searches': { type: 'boolean', default: false },
    duration: { type: 'string', default: '60s' },
    seed: { type: 'string', default: '1' },
    json: { type: 'string' },
  },
})
const options = {
  store: 'sqlite:',
  spans: numberOf('spans', values.spans, { min: 20_000 }),
  spanBytes: numberOf('span-bytes', values['span-bytes'], { min: 415, max: 4000 }),
  spreadMs: durationMsOf('spread', values.spread),
  rate: numberOf('rate', values.rate, { min: 1 }),
  batch: numberOf('batch', values.batch, { min: 1, max: 50_000 }),
  searchesPerSecond: values['no-searches']
    ? 0
    : numberOf('searches', values.searches, { min: 0.1, max: 1000 }),
  durationMs: durationMsOf('duration', values.duration),
  seed: numberOf('seed', values.seed, { min: 1 }),
}
/** The gauge of the event loop goes back so much further than a minute. */
const warmUpMs = 15_000
/** Searches that are still under way at the end are waited for this long. */
const patienceMs = 60_000

const filled = await openFilledStore({ ...options, keep: values.keep, onCopy: true })
const { gateway, facts } = filled
// Other ids than those that the store was filled with.
const templates = TemplateSet.build({
  format: 'otlp',
  batch: options.batch,
  spanBytes: options.spanBytes,
  seed: options.seed + 1000,
  distinctSpans: 200_000,
})
const connected = await connectAll({
  protocol: 'otlp-grpc',
  ...gateway.endpoint('otlp.grpc'),
  connections: 4,
  inFlight: 16,
  gzip: false,
})
const admin = gateway.endpoint('admin')
const load = new LoadRun({
  ...connected,
  batch: options.batch,
  rate: options.rate,
  source: templates,
})
await setTimeout(warmUpMs)
const sampler = new ResidentSampler(gateway.pid, 200)
const cpuBefore = cpuSecondsOf(gateway.pid)
const ownBefore = ownCpuSeconds()
load.reset()
const client = new QueryClient(gateway.endpoint('query.grpc'))
const searches =
  options.searchesPerSecond > 0
    ? new SearchLoad({
        client,
        kinds: searchKinds(facts),
        random: createBenchRandom(options.seed + 2),
        perSecond: options.searchesPerSecond,
      })
    : undefined
await setTimeout(options.durationMs)
const counts = load.counts()
const figures: Record<string, number> = {
  'export p50 ms': load.latency.quantileMs(0.5),
  'export p99 ms': load.latency.quantileMs(0.99),
  'export max ms': load.latency.maxMs,
  'spans per second': counts.acknowledgedSpans / counts.seconds,
  'overdue export calls at the end': load.overdueCalls,
  'server cpu seconds per second': (cpuSecondsOf(gateway.pid) - cpuBefore) / counts.seconds,
  'loader cpu seconds per second': (ownCpuSeconds() - ownBefore) / counts.seconds,
  'event loop delay p99 ms': await eventLoopDelayP99Ms(admin),
}
if (searches !== undefined) {
  const unanswered = searches.underWay
  await searches.stop(patienceMs)
  figures['search p50 ms'] = searches.latency.quantileMs(0.5)
  figures['search p99 ms'] = searches.latency.quantileMs(0.99)
  figures['searches asked'] = searches.asked
  figures['searches answered'] = searches.latency.count
  figures['searches ended early'] = searches.endedEarly
  figures['searches refused'] = Object.values(searches.refused).reduce((sum, n) => sum + n, 0)
  figures['searches under way at the end'] = unanswered
  figures['searches unanswered a minute later'] = searches.underWay
}
// What is still under way is ended by the gateway's stop, and not refused.
const searchRefusals = Object.entries(searches?.refused ?? {})
await load.stop()
sampler.stop()
figures['server rss peak mb'] = sampler.peakBytes / 1e6
figures['server rss final mb'] = sampler.finalBytes / 1e6
client.close()
for (const connection of connected.connections) connection.close()
await filled.close()
publish(
  {
    benchmark: options.searchesPerSecond > 0 ? 'isolation' : 'isolation-baseline',
    environment: environment(),
    options: { ...options, spans: facts.spans },
    figures: Object.fromEntries(
      Object.entries(figures).map(([name, value]) => [name, spreadOf([value])]),
    ),
    refused: {
      ...Object.fromEntries(searchRefusals.map(([name, count]) => [`search ${name}`, count])),
      ...counts.refusedCalls,
    },
  },
  values.json,
)
process.exit(0)
