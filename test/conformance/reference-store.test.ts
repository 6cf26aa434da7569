import t from 'tap'
import { referenceStore } from './reference-store.ts'
import { spanStoreConformance } from './span-store.ts'

t.setTimeout(120_000)

t.test('the reference fills the port', (t) =>
  spanStoreConformance(t, async () => referenceStore(72 * 3_600_000)),
)
