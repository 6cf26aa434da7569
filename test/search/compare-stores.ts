import type { Test } from 'tap'
import { hexOf } from '../../bridge/model/identifier.ts'
import type { SpanQuery } from '../../src/ports/span-query.ts'
import type { SpanStore } from '../../src/ports/span-store.ts'
import { searchBoundDefaults } from '../../src/search/search-meter.ts'
import { MemoryStore } from '../../src/stores/memory/memory-store.ts'
import { patience } from '../conformance/answer.ts'
import type { World } from '../conformance/generate.ts'
import { Chance, randomGroups } from '../conformance/generate.ts'
import { Oracle } from '../conformance/oracle.ts'
import { describe } from '../conformance/random.ts'
import { sampleBatch } from '../conformance/sample.ts'
import { openTestStore, testCluster } from '../stores/cassandra/test-cluster.ts'
import { openFor } from '../stores/sqlite/store-samples.ts'
import { testDirectory } from '../test-directory.ts'
import { everyShape, queriesOf } from './generated-queries.ts'

/** How much is asked of how many spans. */
export interface GeneratedSizes {
  readonly seed: number
  readonly spans: number
  readonly queries: number
  /** Also the stores that need a server. */
  readonly clusters?: boolean
}

const retentionMs = 72 * 3_600_000
const searchBounds = { ...searchBoundDefaults, timeMaxMs: 120_000 }

type Stores = Readonly<Record<string, (t: Test) => Promise<SpanStore>>>

/** Every store of this process: a line each. */
const stores: Stores = {
  memory: async () => new MemoryStore({ bytesMax: 512 * 1024 ** 2, retentionMs, searchBounds }),
  sqlite: (t) => openFor(t, { path: testDirectory(t), searchBounds }),
}

/** Those on the server that tests share: a line for each layout that can hold every span. */
const clusterStores: Stores = {
  'cassandra native': async (t) => {
    const { address } = await testCluster(t)
    return openTestStore(`${address}?migrate=auto`, { searchBounds })
  },
}

/** All stores, empty, each with its name; they close with the test. */
export async function openStores(
  t: Test,
  { clusters = false } = {},
): Promise<readonly { readonly name: string; readonly store: SpanStore }[]> {
  const opened = await Promise.all(
    Object.entries({ ...stores, ...(clusters && clusterStores) }).map(async ([name, open]) => ({
      name,
      store: await open(t),
    })),
  )
  t.teardown(() => Promise.all(opened.map(({ store }) => store.close())))
  return opened
}

/** The ids of what a search finds, or the bound that ended it, which would be no difference in meaning. */
async function rankWhole(store: SpanStore, query: SpanQuery): Promise<unknown> {
  const ranked: (readonly [string, number])[] = []
  for await (const found of store.find('', query, patience)) {
    if (found.kind !== 'end') ranked.push([hexOf(found.traceId), found.newestMatchMicros])
    else if (found.bound !== undefined) return { endedBy: found.bound }
  }
  return ranked
}

/**
 * Every store answers the same generated queries over the same spans alike, and as the oracle of the
 * contract works them out, which shares no code with src/search.
 */
export async function compareStores(t: Test, sizes: GeneratedSizes): Promise<void> {
  const arrivalUnixMs = Date.now()
  const world: World = {
    chance: new Chance(sizes.seed),
    arrivalUnixMs,
    traces: sizes.spans / 8,
  }
  const oracle = new Oracle(retentionMs)
  const opened = await openStores(t, sizes)
  for (let written = 0; written < sizes.spans; written += 1000) {
    const batch = sampleBatch(randomGroups(world, 1000), arrivalUnixMs)
    oracle.add(batch)
    await Promise.all(opened.map(({ store }) => store.write('', batch, patience)))
  }
  const queries = queriesOf(everyShape(world), sizes.queries, world)
  let found = 0
  const compare = async (query: SpanQuery, at: number): Promise<void> => {
    const expected = oracle.find(query)
    const ids = expected.map(({ traceId, newestMatchMicros }) => [traceId, newestMatchMicros])
    if (ids.length > 0) found += 1
    const answers = await Promise.all(opened.map(({ store }) => rankWhole(store, query)))
    for (const [which, { name }] of opened.entries()) {
      t.same(answers[which], ids, `${name}: ${describe(sizes.seed, at, query)}`)
    }
  }
  // Some at a time, so that a store with a thread of its own need not wait for the others.
  for (let first = 0; first < queries.length; first += 10) {
    const some = queries.slice(first, first + 10)
    await Promise.all(some.map((query, at) => compare(query, first + at)))
  }
  t.ok(found > sizes.queries * 0.6, `most queries find something, here ${found}`)
}
