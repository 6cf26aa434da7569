import type { Test } from 'tap'
import { searchBoundDefaults } from '../../src/search/search-meter.ts'
import { MemoryStore } from '../../src/stores/memory/memory-store.ts'
import { nowMs } from './http-port.ts'

/** A store that is empty, at the moment of the HTTP API's tests; closed when the test ends. */
export function memoryStore(t: Test): MemoryStore {
  const store = new MemoryStore({
    bytesMax: 64 * 1024 * 1024,
    retentionMs: 72 * 3_600_000,
    searchBounds: searchBoundDefaults,
    clock: { nowUnixMs: () => nowMs, monotonicMs: () => 0 },
  })
  t.teardown(() => store.close())
  return store
}
