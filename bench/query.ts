/**
 * `npm run bench:query [-- options]`: how long searches by query text take, and whether their answers
 * are right. See docs/benchmarks.md.
 */
import { parseArgs } from 'node:util'
import { choiceOf, durationMsOf, numberOf } from './options.ts'
import { cpuSecondsOf } from './process-usage.ts'
import { openFilledStore } from './query/filled-store.ts'
import { TextClient } from './query/text-client.ts'
import type { TextKind } from './query/texts.ts'
import { textKinds } from './query/texts.ts'
import { environment, publish, spreadOf } from './report.ts'

const { values } = parseArgs({
  options: {
    store: { type: 'string', default: 'sqlite:' },
    spans: { type: 'string', default: '500000' },
    'span-bytes': { type: 'string', default: '700' },
    spread: { type: 'string', default: '1h' },
    keep: { type: 'string' },
    queries: { type: 'string', default: '50' },
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
  /** Each kind of text ends after this time, however few were asked. */
  kindMs: durationMsOf('max-time', values['max-time']),
  seed: numberOf('seed', values.seed, { min: 1 }),
}

const filled = await openFilledStore({ ...options, keep: values.keep })
const { gateway, facts } = filled
const client = new TextClient(gateway.endpoint('query.grpc'))
const figures: Record<string, number> = {}
const faults: string[] = []
const warmUps = 2
try {
  for (const kind of textKinds(facts)) await measure(kind)
} finally {
  client.close()
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

async function measure(kind: TextKind): Promise<void> {
  for (let warmUp = 0; warmUp < warmUps; warmUp++) await ask(kind)
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
}

/** Asks once, notes what is wrong with the answer, and gives the time. */
async function ask(kind: TextKind): Promise<number> {
  const answer = await client.ask(kind.request)
  const fault = answer.failure ?? kind.fault(answer)
  if (fault !== undefined) faults.push(`${kind.name}: ${fault}`)
  return answer.durationMs
}
