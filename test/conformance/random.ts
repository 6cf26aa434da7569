import assert from 'node:assert/strict'
import type { SpanGroup } from '../../bridge/model/span.ts'
import type { SpanQuery } from '../../src/ports/span-query.ts'
import type { SpanStore } from '../../src/ports/span-store.ts'
import { patience, rankTraces, readFind, readSummaries } from './answer.ts'
import type { Bench, Check } from './check.ts'
import type { World } from './generate.ts'
import { Chance, randomGroups, randomQuery } from './generate.ts'
import { Oracle } from './oracle.ts'
import { sampleBatch } from './sample.ts'

/** Random spans and queries, against the reference and against the oracle. */
export const random: readonly Check[] = [
  {
    name: 'find() and summaries() answer random queries like the reference',
    needs: ['negation', 'regular_expressions', 'any_service'],
    run: (bench) => answerLikeReference(bench, [bench.store]),
  },
  {
    name: 'find() answers random queries like an evaluation of decoded spans',
    needs: ['negation', 'regular_expressions', 'any_service'],
    async run(bench) {
      const { chance, seed } = chanceOf(bench)
      // Every span is decoded for every query, so they are few.
      const spans = Math.ceil(Math.min(bench.random.spans, 1500) / 3)
      const world = { chance, arrivalUnixMs: bench.arrivalUnixMs, traces: spans / 8 }
      const oracle = new Oracle(bench.retentionMs)
      await writeRandom(
        { ...bench, random: { ...bench.random, spans } },
        world,
        [bench.store],
        oracle,
      )
      let found = 0
      for (let at = 0; at < bench.random.queries; at += 1) {
        const query = randomQuery(world)
        const expected = oracle.find(query)
        const message = describe(seed, at, query)
        const ids = expected.map(({ traceId, newestMatchMicros }) => [traceId, newestMatchMicros])
        assert.deepEqual(await rankTraces(bench.store, query), ids, message)
        if (expected.length > 0) found += 1
        if (at % 10 !== 0) continue
        const { traces, bound } = await readFind(bench.store, query)
        assert.equal(bound, undefined)
        assert.deepEqual(traces, oracle.keysOf(expected), message)
      }
      assert.ok(found * 3 > bench.random.queries, 'random queries find something')
    },
  },
]

/**
 * Writes random spans into stores and compares their answers with the reference's, which costs most:
 * so several stores are asked at once. Then the bench's own store is opened again and asked once more.
 */
export async function answerLikeReference(
  bench: Bench,
  stores: readonly SpanStore[],
): Promise<void> {
  const { chance, seed } = chanceOf(bench)
  const world = { chance, arrivalUnixMs: bench.arrivalUnixMs, traces: bench.random.spans / 8 }
  const reference = bench.reference()
  await writeRandom(bench, world, [...stores, reference])
  const queries = Array.from(Array(bench.random.queries), () => randomQuery(world))
  await compare(stores, reference, queries, seed)
  const store = await bench.reopen?.()
  if (store !== undefined) await compare([store], reference, queries.slice(0, 20), seed)
  await reference.close()
}

function chanceOf(bench: Bench): { chance: Chance; seed: number } {
  return { chance: new Chance(bench.random.seed), seed: bench.random.seed }
}

/** Writes the same random batches everywhere; some of them again, regrouped. */
async function writeRandom(
  bench: Bench,
  world: World,
  stores: readonly SpanStore[],
  oracle?: Oracle,
): Promise<void> {
  const { chance } = world
  const earlier: SpanGroup[] = []
  for (let written = 0; written < bench.random.spans; written += 100) {
    const groups = randomGroups(world, 100)
    const again = chance.is(0.3) && earlier.length > 0 ? [chance.of(earlier)] : []
    earlier.push(...groups)
    const batch = sampleBatch([...again, ...groups], bench.arrivalUnixMs)
    oracle?.add(bench.kept(batch))
    await Promise.all(stores.map((store) => store.write('', batch, patience)))
  }
}

async function compare(
  stores: readonly SpanStore[],
  reference: SpanStore,
  queries: readonly SpanQuery[],
  seed: number,
): Promise<void> {
  for (const [at, query] of queries.entries()) {
    const message = describe(seed, at, query)
    const ranked = await rankTraces(reference, query)
    for (const store of stores) assert.deepEqual(await rankTraces(store, query), ranked, message)
    if (at % 10 !== 0) continue
    const short = { ...query, limit: Math.min(query.limit, 10) }
    const found = await readFind(reference, short)
    const summaries = plain(await readSummaries(reference, short))
    for (const store of stores) {
      assert.deepEqual(await readFind(store, short), found, message)
      assert.deepEqual(plain(await readSummaries(store, short)), summaries, message)
    }
  }
}

/** Ids may be of different classes of byte arrays. */
function plain(summaries: Awaited<ReturnType<typeof readSummaries>>): unknown {
  return summaries.map((summary) => ({ ...summary, traceId: Array.from(summary.traceId) }))
}

/** What a random query that fails says, so that it can be asked again. */
export function describe(seed: number, at: number, query: SpanQuery): string {
  const text = JSON.stringify(query, (_key, value: unknown) =>
    typeof value === 'bigint' ? `${value}n` : value,
  )
  return `SPANGATE_TEST_SEED=${seed}, query ${at}: ${text}`
}
