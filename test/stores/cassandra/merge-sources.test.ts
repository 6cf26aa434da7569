import t from 'tap'
import type { BlockSummary } from '../../../src/blocks/block-view.ts'
import type { BlockRef } from '../../../src/blocks/walk-blocks.ts'
import { mergeSources } from '../../../src/stores/cassandra/native/merge-sources.ts'
import type { BlockSource } from '../../../src/stores/cassandra/native/slot-blocks.ts'

/** A source whose blocks come in pages, and that counts how often it was read. */
class PagedSource implements BlockSource {
  loads = 0
  readonly #pages: number[][]
  #bound: number
  #blocks: number[] = []

  constructor(bound: number, pages: readonly (readonly number[])[]) {
    this.#bound = bound
    this.#pages = pages.map((page) => [...page])
  }

  get nextMicros(): number | undefined {
    if (this.#blocks.length > 0) return this.#blocks[0]
    return this.#pages.length === 0 ? undefined : this.#bound
  }

  get mustLoad(): boolean {
    return this.#blocks.length === 0
  }

  async load(): Promise<void> {
    this.loads += 1
    this.#blocks = this.#pages.shift() ?? []
    this.#bound = this.#blocks.at(-1) ?? 0
  }

  take(): BlockRef<Promise<void>> {
    const maxMicros = this.#blocks.shift() ?? 0
    const summary = { maxMicros } as BlockSummary
    return {
      summary,
      open: () => {
        throw new TypeError('nobody opens it')
      },
    }
  }
}

async function merged(sources: readonly BlockSource[], most = 100): Promise<number[]> {
  const order: number[] = []
  for (const item of mergeSources(sources)) {
    if ('summary' in item) order.push(item.summary.maxMicros)
    else await item
    if (order.length === most) break
  }
  return order
}

t.test('mergeSources() gives the blocks of all sources newest first', async (t) => {
  const sources = [
    new PagedSource(Number.POSITIVE_INFINITY, [[90, 70], [70, 40], []]),
    new PagedSource(80, [[80], [75, 10]]),
    new PagedSource(Number.POSITIVE_INFINITY, [[]]),
    new PagedSource(60, [[55, 54]]),
  ]
  t.same(await merged(sources), [90, 80, 75, 70, 70, 55, 54, 40, 10])
})

t.test('mergeSources() reads a source when its blocks may be next, and not before', async (t) => {
  const late = new PagedSource(50, [[50]])
  const early = new PagedSource(Number.POSITIVE_INFINITY, [[90, 60], [20]])
  t.same(await merged([late, early], 2), [90, 60])
  t.equal(late.loads, 0)
  t.equal(early.loads, 1)
})
