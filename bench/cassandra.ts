/**
 * `npm run bench:cassandra [-- options]`: what spans cost the gateway and Cassandra together, and the
 * room that they take; with `--search`, how long searches among so many take. See docs/benchmarks.md
 * for the options and what the figures mean.
 */
import { parseArgs } from 'node:util'
import { CassandraNode } from '../test/servers/cassandra-node.ts'
import { GatewayChild } from './gateway-child.ts'
import { eventLoopDelayP99Ms } from './gateway-metrics.ts'
import { measureIngest, prepareIngest } from './ingest-run.ts'
import { jaegerRowFigures } from './jaeger-row-figures.ts'
import { processAttributes, serviceName, spanAttributes } from './load/world.ts'
import { durationMsOf, numberOf } from './options.ts'
import { diskBytesOf } from './process-usage.ts'
import { fillStore } from './query/fill-store.ts'
import { SearchMeasure } from './query/measure-searches.ts'
import { QueryClient } from './query/query-client.ts'
import { fewHitSearches } from './query/searches.ts'
import { environment, publish, spreadsOf, sumCounts } from './report.ts'

const { values } = parseArgs({
  options: {
    batch: { type: 'string', default: '500' },
    'span-bytes': { type: 'string', default: '430' },
    connections: { type: 'string', default: '4' },
    'in-flight': { type: 'string', default: '4' },
    rate: { type: 'string', default: '0' },
    duration: { type: 'string', default: '15s' },
    warmup: { type: 'string' },
    runs: { type: 'string', default: '1' },
    services: { type: 'string' },
    attributes: { type: 'string', default: String(spanAttributes) },
    'process-attributes': { type: 'string', default: String(processAttributes) },
    search: { type: 'string', default: '0' },
    spread: { type: 'string', default: '24h' },
    queries: { type: 'string', default: '1000' },
    'max-time': { type: 'string', default: '15s' },
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
  warmupMs: durationMsOf('warmup', values.warmup ?? defaultWarmup()),
  seed: numberOf('seed', values.seed, { min: 1 }),
  /** Services that each request mixes; by default 3 to 6. */
  services:
    values.services === undefined
      ? undefined
      : numberOf('services', values.services, { min: 1, max: 500 }),
  /** Fewer make fewer rows in Jaeger's tables; the three with a value of their own stay. */
  attributes: numberOf('attributes', values.attributes, { min: 3, max: spanAttributes }),
  processAttributes: numberOf('process-attributes', values['process-attributes'], {
    min: 1,
    max: processAttributes,
  }),
  /** Spans among which is searched; 0: load is measured instead. */
  search: numberOf('search', values.search, { min: 0 }),
  spreadMs: durationMsOf('spread', values.spread),
  queries: numberOf('queries', values.queries, { min: 1 }),
  kindMs: durationMsOf('max-time', values['max-time']),
}
const attemptsMax = 100
/** What searches cost is measured, not how early they give up. */
const searchFlags = ['--search.max-time', '60s']
const runs = numberOf('runs', values.runs, { min: 1, max: 100 })

/** Of a node with some GB in its log, on a machine that others use too. */
const restartMsMax = 900_000

const results: Awaited<ReturnType<typeof measureIngest>>[] = []
let failure: unknown
for (let run = 1; run <= runs && failure === undefined; run++) {
  try {
    results.push(await (options.search > 0 ? measureSearches() : measureLoad()))
  } catch (error) {
    failure = error
    console.error(`run ${run} failed, what was measured before is below:`, error)
  }
}
if (results.length === 0) process.exit(1)
publish(
  {
    benchmark: 'cassandra',
    environment: environment(),
    options: {
      ...options,
      services: options.services ?? 0,
      layout: values.layout,
      runs: results.length,
    },
    figures: spreadsOf(results.map(({ figures }) => figures)),
    refused: sumCounts(results.map(({ refused }) => refused)),
  },
  values.json,
)
process.exit(failure === undefined ? 0 : 1)

/** Until about 100,000 spans are stored: a Java that has stored fewer costs up to three times as much. */
function defaultWarmup(): string {
  return values.layout === 'jaeger' ? '90s' : '15s'
}

/** One run of load on a node and a gateway of its own. */
async function measureLoad(): Promise<Awaited<ReturnType<typeof measureIngest>>> {
  const load = {
    ...options,
    target: undefined,
    pid: undefined,
    store: '',
    protocol: 'otlp-grpc' as const,
    gzip: false,
  }
  const templates = prepareIngest(load)
  const rows = values.layout === 'jaeger' ? jaegerRowFigures(templates) : {}
  return await withNode(async (node, gateway) => {
    const target = gateway.endpoint('otlp.grpc')
    const result = await measureIngest(
      { ...load, target, pid: gateway.pid, storePid: node.pid },
      templates,
    )
    const delayMs = await eventLoopDelayP99Ms(gateway.endpoint('admin'))
    await gateway.stop()
    const spans = result.figures['acknowledged spans in all'] ?? 0
    const figures = {
      ...result.figures,
      ...rows,
      'gateway event loop delay p99 ms': delayMs,
      ...(await diskFigures(node, spans)),
    }
    return { ...result, figures }
  })
}

/** None where the node does not come back: what it cost was measured before. */
async function diskFigures(node: CassandraNode, spans: number): Promise<Record<string, number>> {
  try {
    await intoTables(node)
    return { 'disk bytes per span': tableBytesOf(node) / spans }
  } catch (error) {
    console.error('disk bytes per span could not be measured:', error)
    return {}
  }
}

/** Fills a node, and asks a new gateway for what is in its tables. */
async function measureSearches(): Promise<Awaited<ReturnType<typeof measureIngest>>> {
  return await withNode(async (node, gateway) => {
    const { search: spans, services } = options
    const endpoint = gateway.endpoint('otlp.grpc')
    const facts = await fillStore({ ...options, spans, endpoint })
    await gateway.stop()
    await intoTables(node)
    const diskBytes = tableBytesOf(node)
    const reader = await GatewayChild.start(storeOf(node), searchFlags)
    const client = new QueryClient(reader.endpoint('query.grpc'))
    const searches = new SearchMeasure(client, { ...options, pids: [reader.pid, node.pid] })
    const service = services === 1 ? serviceName(0) : undefined
    try {
      for (const kind of fewHitSearches(facts, service)) await searches.measure(kind)
    } finally {
      client.close()
      await reader.stop()
    }
    for (const fault of searches.faults.slice(0, 20)) console.error(`wrong: ${fault}`)
    const { figures, faults } = searches
    return {
      figures: {
        ...figures,
        'disk bytes per span': diskBytes / facts.spans,
        'wrong answers': faults.length,
      },
      refused: {},
    }
  })
}

function storeOf(node: CassandraNode): string {
  return `cassandra://127.0.0.1:${node.port}/bench?migrate=auto&layout=${values.layout}`
}

async function withNode<Result>(
  work: (node: CassandraNode, gateway: GatewayChild) => Promise<Result>,
): Promise<Result> {
  const node = await CassandraNode.start({ isFast: true })
  try {
    const gateway = await GatewayChild.start(storeOf(node))
    try {
      return await work(node, gateway)
    } finally {
      await gateway.stop()
    }
  } finally {
    await node.stop()
  }
}

/** A node that starts again moves what is in its log into its tables. */
async function intoTables(node: CassandraNode): Promise<void> {
  await node.kill9()
  await node.restart(restartMsMax)
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
