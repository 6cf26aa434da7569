import { mkdtempSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import type { SpanStore } from '../../src/ports/span-store.ts'
import { openSqliteStore } from '../../src/stores/sqlite/sqlite-store.ts'
import { random } from '../conformance/random.ts'
import { runCheck } from '../conformance/span-store.ts'

// The suite asks 20,000 spans; here there are enough that blocks are sealed and segments are written.

t.setTimeout(60 * 60_000)
const given = process.env['SPANGATE_TEST_SEED']
const seed = given === undefined ? Math.floor(Math.random() * 2 ** 32) : Number(given)
const retentionMs = 72 * 3_600_000
const spans = 500_000

const [againstReference] = random
if (againstReference === undefined) throw new Error('There is no random check')

t.test(`${againstReference.name}: ${spans} spans in sqlite, seed ${seed}`, (t) => {
  const root = t.testdir()
  const paths = new Map<SpanStore, string>()
  const openAt = async (path: string): Promise<SpanStore> => {
    const store = await openSqliteStore({ path, retentionMs, readers: 1 })
    paths.set(store, path)
    return store
  }
  return runCheck(againstReference, () => openAt(mkdtempSync(join(root, 'store-'))), {
    retentionMs,
    random: { seed, spans, queries: 300 },
    reopen: async (store) => {
      await store.close()
      return openAt(paths.get(store) ?? '')
    },
  })
})
