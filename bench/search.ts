/**
 * `npm run bench:search [-- options]`: how long searches take in a store of many spans, and whether
 * their answers are right. See docs/benchmarks.md.
 */
import { parseArgs } from 'node:util'
import { choiceOf, durationMsOf, numberOf } from './options.ts'
import { residentBytesOf } from './process-usage.ts'
import { openFilledStore } from './query/filled-store.ts'
import { SearchMeasure } from './query/measure-searches.ts'
import { QueryClient } from './query/query-client.ts'
import { completeSearches, searchKinds } from './query/searches.ts'
import { environment, publish, spreadOf } from './report.ts'

const { values } = parseArgs({
  options: {
    store: { type: 'string', default: 'sqlite:' },
    spans: { type: 'string', default: '5000000' },
    'span-bytes': { type: 'string', default: '700' },
    spread: { type: 'string', default: '6h' },
    keep: { type: 'string' },
    queries: { type: 'string', default: '1000' },
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
const searches = new SearchMeasure(client, {
  ...options,
  seed: options.seed + 1,
  pids: [gateway.pid],
})
const { figures, faults } = searches
try {
  for (const kind of completeSearches(facts)) await searches.ask(kind)
  for (const kind of searchKinds(facts)) await searches.measure(kind)
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
