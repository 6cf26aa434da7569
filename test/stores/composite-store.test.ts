import t from 'tap'
import type { SpanStore } from '../../src/ports/span-store.ts'
import { CompositeStore } from '../../src/stores/composite-store.ts'
import { referenceStore } from '../conformance/reference-store.ts'
import { spanStoreConformance } from '../conformance/span-store.ts'

t.setTimeout(300_000)
const retentionMs = 72 * 3_600_000

/** Every other write goes to the older store, so that searches and traces straddle both. */
class Alternating extends CompositeStore {
  override readonly cannot: SpanStore['cannot'] = new Map([['durable', 'it is in memory']])
  readonly #both: readonly [SpanStore, SpanStore]
  #writes = 0

  constructor() {
    const newer = referenceStore(retentionMs)
    const older = referenceStore(retentionMs)
    const none = Number.POSITIVE_INFINITY
    super({ newer, older, searchBounds: { timeMaxMs: none, spansMax: none } })
    this.#both = [newer, older]
  }

  override write(...given: Parameters<SpanStore['write']>): ReturnType<SpanStore['write']> {
    this.#writes += 1
    return this.#both[this.#writes % 2 === 0 ? 0 : 1].write(...given)
  }
}

t.test('CompositeStore fills the port, with spans in both of its stores', async (t) => {
  await spanStoreConformance(t, async () => new Alternating(), {
    retentionMs,
    random: { spans: 600, queries: 150 },
  })
})
