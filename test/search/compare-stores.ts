import type { Test } from 'tap'
import { hexOf } from '../../bridge/model/identifier.ts'
import type { KeyValue, SpanGroup } from '../../bridge/model/span.ts'
import type { SpanBatch } from '../../bridge/model/span-batch.ts'
import type { SpanQuery } from '../../src/ports/span-query.ts'
import type { SpanStore } from '../../src/ports/span-store.ts'
import { searchBoundDefaults } from '../../src/search/search-meter.ts'
import { batchOfRows } from '../../src/stores/cassandra/jaeger/read-rows.ts'
import { rowsOf } from '../../src/stores/cassandra/jaeger/write-rows.ts'
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
  readonly set: StoreSet
}

/** Stores that hold the same spans. */
export interface StoreSet {
  readonly stores: Stores
  /** Spans as all of them can hold them. */
  readonly batchOf: (groups: readonly SpanGroup[], arrivalUnixMs: number) => SpanBatch
}

const retentionMs = 72 * 3_600_000
/** Enough for a busy machine. */
export const searchBounds = { ...searchBoundDefaults, timeMaxMs: 120_000 }

/** Opens a store that is empty. */
export type OpenStore = (t: Test) => Promise<SpanStore>
type Stores = Readonly<Record<string, OpenStore>>

/** Every store of this process: a line each. */
const local: Stores = {
  memory: async () => new MemoryStore({ bytesMax: 512 * 1024 ** 2, retentionMs, searchBounds }),
  sqlite: (t) => openFor(t, { path: testDirectory(t), searchBounds }),
}

const native: Stores = {
  'cassandra native': async (t) => {
    const { address } = await testCluster(t)
    return openTestStore(`${address}?migrate=auto`, { searchBounds })
  },
}

const jaeger: Stores = {
  'cassandra jaeger': async (t) => {
    const { address } = await testCluster(t)
    return openTestStore(`${address}?layout=jaeger&migrate=auto`, { searchBounds })
  },
}

/** The stores that need no server. */
export const localStores: StoreSet = { stores: local, batchOf: sampleBatch }

/** All that hold every span; native tables are on the server that tests share. */
export const everySpanStores: StoreSet = { stores: { ...local, ...native }, batchOf: sampleBatch }

/** All stores, with spans that Jaeger's tables can hold. */
export const allStores: StoreSet = {
  stores: { ...local, ...native, ...jaeger },
  batchOf: batchForJaeger,
}

/** Those that are compared with Jaeger's tables where time is short. */
export const jaegerStores: StoreSet = {
  stores: { memory: local['memory'] as OpenStore, ...jaeger },
  batchOf: batchForJaeger,
}

/**
 * Spans as Jaeger's tables give them back. Those that start so far from their arrival that other stores index
 * them elsewhere are left out, as the tables know no arrival; so are binary values, which are in no index of theirs.
 */
export function batchForJaeger(groups: readonly SpanGroup[], arrivalUnixMs: number): SpanBatch {
  const sinceNano = BigInt(arrivalUnixMs - retentionMs) * 1_000_000n
  const untilNano = BigInt(arrivalUnixMs + 3_600_000) * 1_000_000n
  const holdable = groups.map((group) => ({
    ...group,
    resource: group.resource && withoutBytes(group.resource),
    spans: group.spans
      .filter(({ startUnixNano }) => startUnixNano > sinceNano && startUnixNano < untilNano)
      .map((span) => ({ ...withoutBytes(span), events: span.events.map(withoutBytes) })),
  }))
  // Twice, as reading may infer a status, with which the next one takes a tag for its message.
  return { ...keptInRows(keptInRows(sampleBatch(holdable, arrivalUnixMs))), arrivalUnixMs }
}

function keptInRows(batch: SpanBatch): SpanBatch {
  return batchOfRows([...rowsOf(batch)]).batch
}

function withoutBytes<Owner extends { readonly attributes: readonly KeyValue[] }>(
  owner: Owner,
): Owner {
  const attributes = owner.attributes.filter(({ value }) => value?.kind !== 'bytes')
  return { ...owner, attributes }
}

/** All stores of a set, empty, each with its name; they close with the test. */
export async function openStores(
  t: Test,
  stores: Stores,
): Promise<readonly { readonly name: string; readonly store: SpanStore }[]> {
  const opened = await Promise.all(
    Object.entries(stores).map(async ([name, open]) => ({ name, store: await open(t) })),
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
  const { stores, batchOf } = sizes.set
  const opened = await openStores(t, stores)
  for (let written = 0; written < sizes.spans; written += 1000) {
    const batch = batchOf(randomGroups(world, 1000), arrivalUnixMs)
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
