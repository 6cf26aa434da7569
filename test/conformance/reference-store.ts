import { PlainStore } from './plain/plain-store.ts'

/**
 * The store that is obviously right: it looks at every span and drops none. It has no byte bound
 * and no bound on a search.
 */
export function referenceStore(retentionMs: number): PlainStore {
  const none = Number.POSITIVE_INFINITY
  return new PlainStore({
    bytesMax: none,
    retentionMs,
    searchBounds: { timeMaxMs: none, spansMax: none },
  })
}
