import t from 'tap'
import { searchBoundDefaults } from '../../src/search/search-meter.ts'
import { MemoryStore } from '../../src/stores/memory/memory-store.ts'
import { spanStoreConformance } from '../conformance/span-store.ts'

const retentionMs = 72 * 3_600_000
t.setTimeout(120_000)

t.test('MemoryStore fills the port', (t) =>
  spanStoreConformance(
    t,
    async () =>
      new MemoryStore({
        bytesMax: 512 * 1024 ** 2,
        retentionMs,
        searchBounds: searchBoundDefaults,
      }),
  ),
)
