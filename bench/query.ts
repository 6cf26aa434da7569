/**
 * `npm run bench:query [-- options]`: how long reads over HTTP and gRPC and searches by query text take, and
 * whether their answers are right. See docs/benchmarks.md.
 */
import { parseArgs } from 'node:util'
import { createBenchRandom } from './load/random.ts'
import { choiceOf, durationMsOf, numberOf } from './options.ts'
import { cpuSecondsOf } from './process-usage.ts'
import { openFilledStore } from './query/filled-store.ts'
import { grpcReads } from './query/grpc-reads.ts'
import { HttpReads } from './query/http-reads.ts'
import { QueryClient } from './query/query-client.ts'
import type { Read } from './query/read.ts'
import { TextClient } from './query/text-client.ts'
import { textReads } from './query/texts.ts'
import { environment, publish, spreadOf } from './report.ts'

const { values } = parseArgs({
  options: {
    store: { type: 'string', default: 'sqlite:' },
    spans: { type: 'string', default: '500000' },
    'span-bytes': { type: 'string', default: '700' },
    spread: { type: 'string', default: '1h' },
    keep: { type: 'string' },
    queries: { type: 'string', default: '200' },
    'max-time': { type: 'string', default: '10s' },
    seed: { type: 'string', default: '1' },
    json: { type: 'string' },
  },
})
const options = {
  store: choiceOf('store', values.store, ['sqlite:', 'memory:']),
  spans: numberOf('spans', values.spans, { min: 20_000 }),
  spanBytes: numberOf('span-bytes', values['span-bytes'], { min: 415, max: 4000 }),
  spreadMs: durationMsOf('spread', values.spread),
  queries: numberOf('queries', values.queries, { min: 1 }),
  /** Each kind ends after this time, however few were asked. */
  kindMs: durationMsOf('max-time', values['max-time']),
  seed: numberOf('seed', values.seed, { min: 1 }),
}

/** Enough of each that no cache of the store has them all. */
const largeTraces = [...Array<number>(40).fill(1000), ...Array<number>(10).fill(10_000)]
const filled = await openFilledStore({ ...options, keep: values.keep, largeTraces })
const { gateway, facts } = filled
const random = createBenchRandom(options.seed + 1)
const grpc = gateway.endpoint('query.grpc')
const http = gateway.endpoint('query.http')
const clients = {
  http: new HttpReads(`http://${http.host}:${http.port}`, facts, random),
  grpc: new QueryClient(grpc),
  text: new TextClient(grpc),
}
const figures: Record<string, number> = {}
const faults: string[] = []
/** For V8 to compile what they need. */
const warmUps = 20
try {
  for (const read of clients.http.kinds()) await measure(read)
  for (const read of grpcReads(clients.grpc, facts, random)) await measure(read)
  for (const read of textReads(clients.text, facts)) await measure(read)
} finally {
  for (const client of Object.values(clients)) client.close()
  await filled.close()
}
publish(
  {
    benchmark: 'query',
    environment: environment(),
    options: { ...options, spans: facts.spans, wrongAnswers: faults.length },
    figures: Object.fromEntries(
      Object.entries(figures).map(([name, value]) => [name, spreadOf([value])]),
    ),
    refused: {},
  },
  values.json,
)
for (const fault of faults.slice(0, 20)) console.error(`wrong: ${fault}`)
process.exit(faults.length > 0 ? 1 : 0)

async function measure(read: Read): Promise<void> {
  const warmMs = performance.now() + options.kindMs / 2
  for (let warmUp = 0; warmUp < warmUps && performance.now() < warmMs; warmUp++) await ask(read)
  const timesMs: number[] = []
  const cpuBefore = cpuSecondsOf(gateway.pid)
  const endMs = performance.now() + options.kindMs
  while (timesMs.length < options.queries && performance.now() < endMs) {
    timesMs.push(await ask(read))
  }
  const cpuMs = (cpuSecondsOf(gateway.pid) - cpuBefore) * 1000
  timesMs.sort((a, b) => a - b)
  const at = (share: number): number => timesMs[Math.ceil(share * timesMs.length) - 1] ?? Number.NaN
  figures[`${read.name} p50 ms`] = at(0.5)
  figures[`${read.name} p99 ms`] = at(0.99)
  figures[`${read.name} cpu ms`] = cpuMs / timesMs.length
}

/** Asks once, notes what is wrong with the answer, and gives the time. */
async function ask(read: Read): Promise<number> {
  const { durationMs, fault } = await read.ask()
  if (fault !== undefined) faults.push(`${read.name}: ${fault}`)
  return durationMs
}
