import t from 'tap'
import { MemoryStore } from '../../src/stores/memory/memory-store.ts'
import { answerLikeReference } from '../conformance/random.ts'
import { runCheck } from '../conformance/span-store.ts'
import { retentionMs, storesBelow } from '../stores/sqlite/store-samples.ts'
import { testDirectory } from '../test-directory.ts'

// The suite asks 20,000 spans; here there are enough that blocks are sealed and segments are written.

t.setTimeout(4 * 60 * 60_000)
const given = process.env['SPANGATE_TEST_SEED']
const seed = given === undefined ? Math.floor(Math.random() * 2 ** 32) : Number(given)
const spans = 500_000
const queries = 300
/** What ends a search is told of, and would be a difference. */
const searchBounds = { timeMaxMs: Number.POSITIVE_INFINITY, spansMax: Number.POSITIVE_INFINITY }

t.test(
  `sqlite and memory answer ${queries} queries in ${spans} spans like the reference, seed ${seed}`,
  async (t) => {
    const { open, reopen } = storesBelow(testDirectory(t), { searchBounds })
    const memory = new MemoryStore({ bytesMax: 4 * 1024 ** 3, retentionMs, searchBounds })
    t.teardown(() => memory.close())
    const name = 'the random check on two stores'
    await runCheck(
      { name, run: (bench) => answerLikeReference(bench, [bench.store, memory]) },
      open,
      {
        retentionMs,
        random: { seed, spans, queries },
        reopen,
      },
    )
  },
)
