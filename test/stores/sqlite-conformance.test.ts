import { mkdtempSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import type { SpanStore } from '../../src/ports/span-store.ts'
import { openSqliteStore } from '../../src/stores/sqlite/sqlite-store.ts'
import { spanStoreConformance } from '../conformance/span-store.ts'
import { retentionMs } from './sqlite/store-samples.ts'

// Every check opens a directory of its own, with its threads.
t.setTimeout(240_000)

t.test('openSqliteStore() fills the port', (t) => {
  const root = t.testdir()
  const paths = new Map<SpanStore, string>()
  const openAt = async (path: string): Promise<SpanStore> => {
    const store = await openSqliteStore({ path, retentionMs, readers: 1 })
    paths.set(store, path)
    return store
  }
  return spanStoreConformance(t, () => openAt(mkdtempSync(join(root, 'store-'))), {
    retentionMs,
    random: { spans: 20_000 },
    reopen: async (store) => {
      await store.close()
      return openAt(paths.get(store) ?? '')
    },
  })
})
