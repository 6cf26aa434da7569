import t from 'tap'
import type { ClusterSession } from '../../../src/stores/cassandra/cluster-session.ts'
import { encodeSummary } from '../../../src/stores/cassandra/native/block-rows.ts'
import { mergeSources } from '../../../src/stores/cassandra/native/merge-sources.ts'
import { ReadCache } from '../../../src/stores/cassandra/native/read-cache.ts'
import type { SlotSearch } from '../../../src/stores/cassandra/native/slot-blocks.ts'
import { SlotBlocks } from '../../../src/stores/cassandra/native/slot-blocks.ts'
import type { Bound } from '../../../src/stores/cassandra/statement.ts'

/** A slot with blocks that end at 1 to `count`, read page by page. */
class PagedSlot {
  /** Rows of each page that was asked for. */
  readonly asked: number[] = []
  readonly ranges: unknown[] = []
  failsAt = Number.POSITIVE_INFINITY
  emptyAt = Number.POSITIVE_INFINITY
  readonly #count: number

  constructor(count: number) {
    this.#count = count
  }

  async page(_: string, statement: Bound, rows: number, pageState = '0') {
    t.equal(statement.name, 'select_summaries')
    this.asked.push(rows)
    if (this.asked.length === this.failsAt) throw new Error('no answer')
    // Cassandra may give a page without rows that others come behind.
    if (this.asked.length === this.emptyAt) return { rows: [], pageState }
    const first = Number(pageState)
    const end = Math.min(this.#count, first + rows)
    return {
      rows: Array.from({ length: end - first }, (_, at) => rowOf(this.#count - first - at)),
      pageState: end === this.#count ? undefined : String(end),
    }
  }

  async run(_: string, { name, values }: Bound): Promise<unknown[]> {
    t.equal(name, 'select_terms')
    this.ranges.push(values.slice(2))
    return []
  }

  search(slices: readonly number[] = []): SlotSearch {
    return {
      session: this as unknown as ClusterSession,
      tenant: '',
      plan: { kind: 'every' },
      root: { kind: 'every' },
      slices,
      minMicros: 0,
      cache: new ReadCache(),
      onDamaged: (error) => t.fail(error.message),
    }
  }
}

function rowOf(maxMicros: number) {
  const block = Buffer.alloc(16)
  block.writeUInt32BE(maxMicros)
  const arrivals = { arrivalMinUnixMs: 0, arrivalMaxUnixMs: 0 }
  const summary = { spanCount: 1, minMicros: 0, maxMicros, durationMaxMicros: 0, ...arrivals }
  return { max_micros: BigInt(maxMicros), block, terms: Buffer.from(encodeSummary(summary)) }
}

const slot = { slot: new Uint8Array(16), maxMicros: undefined, tailDone: 0 }

async function taken(blocks: SlotBlocks, most: number, ...more: SlotBlocks[]): Promise<number[]> {
  const found: number[] = []
  for (const item of mergeSources([blocks, ...more])) {
    if ('summary' in item) found.push(item.summary.maxMicros)
    else await item
    if (found.length === most) break
  }
  return found
}

t.test('blocks come newest first, few in the first page and more in those behind it', async (t) => {
  const paged = new PagedSlot(300)
  const blocks = new SlotBlocks(paged.search(), slot)
  t.same(
    await taken(blocks, 301),
    Array.from({ length: 300 }, (_, at) => 300 - at),
  )
  t.same(paged.asked, [64, 128, 128])
})

t.test('the next page is asked for when few blocks are left, and not before', async (t) => {
  const paged = new PagedSlot(300)
  const blocks = new SlotBlocks(paged.search(), slot)
  await taken(blocks, 48)
  t.same(paged.asked, [64])
  await taken(blocks, 1)
  t.same(paged.asked, [64, 128])
  t.same((await taken(blocks, 251)).slice(-1), [1])
  const short = new PagedSlot(10)
  await taken(new SlotBlocks(short.search(), slot), 11)
  t.same(short.asked, [64], 'nothing behind the last one')
})

t.test('terms are read for the blocks of a page alone', async (t) => {
  const paged = new PagedSlot(70)
  await taken(new SlotBlocks(paged.search([7]), slot), 71)
  t.same(paged.ranges, [
    [7, 7n, 70n],
    [7, 1n, 6n],
  ])
})

t.test('a page that cannot be read fails who needs it, not who is before it', async (t) => {
  const paged = new PagedSlot(100)
  paged.failsAt = 2
  const blocks = new SlotBlocks(paged.search(), slot)
  t.equal((await taken(blocks, 64)).length, 64)
  t.same(paged.asked, [64, 128])
  await t.rejects(taken(blocks, 1), { message: 'no answer' })
})

t.test('a page without rows changes nothing in the order', async (t) => {
  for (const emptyAt of [1, 2]) {
    const paged = new PagedSlot(70)
    paged.emptyAt = emptyAt
    const blocks = new SlotBlocks(paged.search(), slot)
    const other = new SlotBlocks(new PagedSlot(3).search(), slot)
    const last = [3, 3, 2, 2, 1, 1]
    t.same((await taken(blocks, 73, other)).slice(-6), last, `page ${emptyAt}`)
  }
})
