import { setImmediate as nextTurn } from 'node:timers/promises'
import t from 'tap'
import { spanCount, spanIdBytes } from '../../bridge/model/span-batch.ts'
import type { SpanStore } from '../../src/ports/span-store.ts'
import { searchBoundDefaults } from '../../src/search/search-meter.ts'
import { CompositeStore } from '../../src/stores/composite-store.ts'
import { referenceStore } from '../conformance/reference-store.ts'
import { sampleBatch, sampleGroup, sampleSpan, traceIdOf } from '../conformance/sample.ts'
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

/** Stores of which the names are noted when they are closed. */
function closingStore(name: string, closed: string[], more: Partial<SpanStore> = {}): SpanStore {
  const store: SpanStore = referenceStore(retentionMs)
  const close = async (): Promise<void> => {
    closed.push(name)
  }
  return Object.assign(store, { close, ...more })
}

t.test('open() closes the newer store when the older one cannot be opened', async (t) => {
  const closed: string[] = []
  const openNewer = async () => closingStore('newer', closed)
  const fails = () => Promise.reject(new Error('no tables'))
  const opening = CompositeStore.open(openNewer, fails, searchBoundDefaults)
  await t.rejects(opening, { message: 'no tables' })
  t.same(closed, ['newer'])
  const openOlder = async () => closingStore('older', closed)
  const store = await CompositeStore.open(openNewer, openOlder, searchBoundDefaults)
  await store.close()
  t.same(closed, ['newer', 'newer', 'older'])
})

t.test('the archive is that of the store which has one, or both read as one', async (t) => {
  const written: string[] = []
  const archiveOf = (name: string, ...ids: number[]): NonNullable<SpanStore['archive']> => ({
    write: async () => void written.push(name),
    async *trace() {
      yield sampleBatch([sampleGroup(ids.map((id) => sampleSpan({ trace: 1, id })))], 0)
    },
  })
  const [one, two] = [archiveOf('newer', 1, 2), archiveOf('older', 2, 3)]
  const archiveIn = (newer?: SpanStore['archive'], older?: SpanStore['archive']) =>
    new CompositeStore({
      newer: closingStore('newer', [], { archive: newer }),
      older: closingStore('older', [], { archive: older }),
      searchBounds: searchBoundDefaults,
    }).archive
  t.equal(archiveIn(undefined, two), two)
  t.equal(archiveIn(one, undefined), one)
  t.equal(archiveIn(), undefined)

  const both = archiveIn(one, two)
  const { signal } = new AbortController()
  await both?.write('', sampleBatch([], 0), signal)
  t.same(written, ['newer'], 'traces are archived in the newer one')
  const ids: number[] = []
  for await (const part of both?.trace('', traceIdOf(1), signal) ?? []) {
    for (let span = 0; span < spanCount(part); span++) {
      ids.push(Buffer.from(spanIdBytes(part, span)).readUInt32BE(4))
    }
  }
  t.same(ids, [1, 2, 3], 'each span once')
})

t.test('close() waits for both stores, though one fails to close', async (t) => {
  const closed: string[] = []
  const failure = new Error('cannot be closed')
  const newer = closingStore('newer', closed, { close: () => Promise.reject(failure) })
  const older = closingStore('older', closed, {
    close: async () => {
      await nextTurn()
      closed.push('older')
    },
  })
  const store = new CompositeStore({ newer, older, searchBounds: searchBoundDefaults })
  await t.rejects(store.close(), failure)
  t.same(closed, ['older'])
  const opening = CompositeStore.open(
    async () => newer,
    () => Promise.reject(new Error('no tables')),
    searchBoundDefaults,
  )
  await t.rejects(opening, { message: 'no tables' }, 'and not why the newer one cannot be closed')
})
