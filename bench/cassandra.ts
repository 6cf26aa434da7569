/**
 * `npm run bench:cassandra [-- options]`: what spans cost the gateway and Cassandra together, and the
 * room that they take. See docs/benchmarks.md for the options and what the figures mean.
 */
import { parseArgs } from 'node:util'
import { CassandraNode } from '../test/servers/cassandra-node.ts'
import { GatewayChild } from './gateway-child.ts'
import { measureIngest, prepareIngest } from './ingest-run.ts'
import { durationMsOf, numberOf } from './options.ts'
import { diskBytesOf } from './process-usage.ts'
import { environment, publish, spreadsOf, sumCounts } from './report.ts'

const { values } = parseArgs({
  options: {
    batch: { type: 'string', default: '500' },
    'span-bytes': { type: 'string', default: '430' },
    connections: { type: 'string', default: '4' },
    'in-flight': { type: 'string', default: '4' },
    rate: { type: 'string', default: '0' },
    duration: { type: 'string', default: '15s' },
    warmup: { type: 'string', default: '15s' },
    runs: { type: 'string', default: '1' },
    seed: { type: 'string', default: '1' },
    layout: { type: 'string', default: 'native' },
    json: { type: 'string' },
  },
})
const options = {
  batch: numberOf('batch', values.batch, { min: 1, max: 50_000 }),
  spanBytes: numberOf('span-bytes', values['span-bytes'], { min: 415, max: 4000 }),
  connections: numberOf('connections', values.connections, { min: 1, max: 1000 }),
  inFlight: numberOf('in-flight', values['in-flight'], { min: 1, max: 100 }),
  rate: numberOf('rate', values.rate, { min: 0 }),
  durationMs: durationMsOf('duration', values.duration),
  warmupMs: durationMsOf('warmup', values.warmup),
  seed: numberOf('seed', values.seed, { min: 1 }),
}
const attemptsMax = 100
const runs = numberOf('runs', values.runs, { min: 1, max: 100 })

const load = {
  ...options,
  target: undefined,
  pid: undefined,
  store: '',
  protocol: 'otlp-grpc' as const,
  gzip: false,
}
const templates = prepareIngest(load)
const results: Awaited<ReturnType<typeof measureIngest>>[] = []
for (let run = 1; run <= runs; run++) results.push(await measure())
publish(
  {
    benchmark: 'cassandra',
    environment: environment(),
    options: { ...options, layout: values.layout, runs },
    figures: spreadsOf(results.map(({ figures }) => figures)),
    refused: sumCounts(results.map(({ refused }) => refused)),
  },
  values.json,
)
process.exit(0)

/** One run on a node and a gateway of its own. */
async function measure(): Promise<Awaited<ReturnType<typeof measureIngest>>> {
  const node = await CassandraNode.start({ isFast: true })
  const store = `cassandra://127.0.0.1:${node.port}/bench?migrate=auto&layout=${values.layout}`
  const gateway = await GatewayChild.start(store)
  try {
    const target = gateway.endpoint('otlp.grpc')
    const result = await measureIngest(
      { ...load, target, pid: gateway.pid, storePid: node.pid },
      templates,
    )
    await gateway.stop()
    // A node that starts again moves what is in its log into its tables.
    await node.kill9()
    await node.restart()
    const spans = result.figures['acknowledged spans in all'] ?? 0
    const figures = {
      ...result.figures,
      'disk bytes per span': tableBytesOf(node) / spans,
    }
    return { ...result, figures }
  } finally {
    await gateway.stop()
    await node.stop()
  }
}

/** A table that is compacted has files that come and go. */
function tableBytesOf(node: CassandraNode): number {
  for (let attempt = 0; ; attempt++) {
    try {
      return diskBytesOf(node.dataDirectory)
    } catch (error) {
      if (attempt === attemptsMax) throw error
    }
  }
}
