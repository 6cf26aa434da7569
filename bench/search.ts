/**
 * `npm run bench:search [-- options]`: how long searches take in a store of many spans, and whether
 * their answers are right. See docs/benchmarks.md.
 */
import { parseArgs } from 'node:util'
import { createBenchRandom } from './load/random.ts'
import { choiceOf, durationMsOf, numberOf } from './options.ts'
import { cpuSecondsOf, residentBytesOf } from './process-usage.ts'
import { openFilledStore } from './query/filled-store.ts'
import { countAnswer, QueryClient } from './query/query-client.ts'
import type { SearchKind } from './query/searches.ts'
import { completeSearches, searchKinds } from './query/searches.ts'
import { environment, publish, spreadOf } from './report.ts'

const { values } = parseArgs({
  options: {
    store: { type: 'string', default: 'sqlite:' },
    spans: { type: 'string', default: '5000000' },
    'span-bytes': { type: 'string', default: '700' },
    spread: { type: 'string', default: '6h' },
    keep: { type: 'string' },
    queries: { type: 'string', default: '100' },
    'max-time': { type: 'string', default: '30s' },
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
  /** Each kind of search ends after this time, however few were asked. */
  kindMs: durationMsOf('max-time', values['max-time']),
  seed: numberOf('seed', values.seed, { min: 1 }),
}

const filled = await openFilledStore({ ...options, keep: values.keep })
const { gateway, facts } = filled
const client = new QueryClient(gateway.endpoint('query.grpc'))
const random = createBenchRandom(options.seed + 1)
const figures: Record<string, number> = {}
const faults: string[] = []
/** Answers that a limit of the gateway ended too early to be complete, by kind. */
const endedEarly = new Map<string, number>()
/** Searches before those that count, at most for this long. */
const warmUps = 3
const warmUpMs = 5000
try {
  for (const kind of completeSearches(facts)) await ask(kind)
  for (const kind of searchKinds(facts)) await measure(kind)
  figures['server rss mb'] = residentBytesOf(gateway.pid) / 1e6
} finally {
  client.close()
  await filled.close()
}
if (facts.diskBytes > 0) figures['disk bytes per span'] = facts.diskBytes / facts.spans
publish(
  {
    benchmark: 'search',
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

async function measure(kind: SearchKind): Promise<void> {
  const warmMs = performance.now() + warmUpMs
  for (let warmUp = 0; warmUp < warmUps && performance.now() < warmMs; warmUp++) await ask(kind)
  endedEarly.delete(kind.name)
  const timesMs: number[] = []
  const cpuBefore = cpuSecondsOf(gateway.pid)
  const endMs = performance.now() + options.kindMs
  while (timesMs.length < options.queries && performance.now() < endMs) {
    timesMs.push(await ask(kind))
  }
  const cpuMs = (cpuSecondsOf(gateway.pid) - cpuBefore) * 1000
  timesMs.sort((a, b) => a - b)
  const at = (share: number): number => timesMs[Math.ceil(share * timesMs.length) - 1] ?? Number.NaN
  figures[`${kind.name} p50 ms`] = at(0.5)
  figures[`${kind.name} p99 ms`] = at(0.99)
  figures[`${kind.name} cpu ms`] = cpuMs / timesMs.length
  figures[`${kind.name} ended early percent`] =
    ((endedEarly.get(kind.name) ?? 0) / timesMs.length) * 100
}

/** Asks once, notes what is wrong with the answer, and gives the time. */
async function ask(kind: SearchKind): Promise<number> {
  const call = kind.call(random)
  const answer = await client.ask(call)
  const fault =
    answer.status === 'OK'
      ? kind.fault(countAnswer(call, answer))
      : `${answer.status} ${answer.message}`
  if (fault !== undefined && answer.bound !== undefined) {
    endedEarly.set(kind.name, (endedEarly.get(kind.name) ?? 0) + 1)
  } else if (fault !== undefined) {
    faults.push(`${kind.name}: ${fault}`)
  }
  return answer.durationMs
}
