import type { Test } from 'tap'
import t from 'tap'
import type { SpanStore } from '../../src/ports/span-store.ts'
import { MemoryStore } from '../../src/stores/memory/memory-store.ts'
import { patience } from '../conformance/answer.ts'
import { attr, call, string } from '../conformance/filter.ts'
import { sampleBatch, sampleGroup, sampleSpan } from '../conformance/sample.ts'
import { needsCassandra } from '../servers/cassandra-node.ts'
import { testDirectory } from '../test-directory.ts'
import { openTestStore, retentionMs, testCluster } from './cassandra/test-cluster.ts'
import { openFor } from './sqlite/store-samples.ts'

/** The time of a search is over before it begins. */
const searchBounds = { timeMaxMs: -1, spansMax: Number.POSITIVE_INFINITY }
const bound = { setting: 'search.max-time', limit: -1 }

type Open = (t: Test) => Promise<SpanStore>

const here: Readonly<Record<string, Open>> = {
  memory: async () => new MemoryStore({ bytesMax: 2 ** 26, retentionMs, searchBounds }),
  sqlite: (t) => openFor(t, { path: testDirectory(t), searchBounds }),
}

const inCassandra: Readonly<Record<string, Open>> = {
  'cassandra native': (t) => overCassandra(t, 'native'),
  'cassandra jaeger': (t) => overCassandra(t, 'jaeger'),
}

async function overCassandra(t: Test, layout: string): Promise<SpanStore> {
  const { address } = await testCluster(t)
  return openTestStore(`${address}?layout=${layout}&migrate=auto`, { searchBounds })
}

for (const [name, open] of Object.entries(here)) checkStore(name, open, {})
for (const [name, open] of Object.entries(inCassandra)) checkStore(name, open, needsCassandra())

/** Of a query that no index helps with, spans would have to be looked at one by one. */
function checkStore(name: string, open: Open, needs: { readonly skip?: string | false }): void {
  t.test(`a search that takes too long ends, and says so: ${name}`, needs, async (t) => {
    const store = await open(t)
    t.teardown(() => store.close())
    const spans = Array.from(Array(2000).keys(), (at) =>
      sampleSpan({
        trace: 1 + (at % 50),
        id: 1 + at,
        startMicros: Date.now() * 1000 - 60_000_000 + at,
        attributes: { text: `${at}x` },
      }),
    )
    await store.write('', sampleBatch([sampleGroup(spans)], Date.now()), patience)
    const query = { limit: 40, filter: call('regex', attr('', 'text'), string('x$')) }
    const found: unknown[] = []
    for await (const item of store.find('', query, patience)) found.push(item)
    t.same(found.at(-1), { kind: 'end', bound })
    t.ok(found.length < 40, `${found.length - 1} traces`)
    const summaries: unknown[] = []
    for await (const item of store.summaries('', query, patience)) summaries.push(item)
    t.same(summaries.at(-1), { kind: 'end', bound })
  })
}
