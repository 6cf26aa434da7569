import t from 'tap'
import { spanStoreConformance } from '../conformance/span-store.ts'
import { testDirectory } from '../test-directory.ts'
import { retentionMs, storesBelow } from './sqlite/store-samples.ts'

// Every check opens a directory of its own, with its threads.
t.setTimeout(240_000)

t.test('openSqliteStore() fills the port', (t) => {
  const { open, reopen } = storesBelow(testDirectory(t))
  return spanStoreConformance(t, open, { retentionMs, random: { spans: 20_000 }, reopen })
})
