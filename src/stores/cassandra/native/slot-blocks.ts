import type { BlockSummary } from '../../../blocks/block-view.ts'
import type { PlanNode } from '../../../blocks/query-plan.ts'
import type { BlockRef, LoadingBlock } from '../../../blocks/walk-blocks.ts'
import { GatewayError } from '../../../errors/gateway-error.ts'
import type { ClusterSession, Page } from '../cluster-session.ts'
import { bound } from '../statement.ts'
import type { BlockRows } from './block-rows.ts'
import { decodeSummary, decodeTail, rowsOfSections, sliceBits } from './block-rows.ts'
import { BlockTerms } from './block-terms.ts'
import type { ReadCache } from './read-cache.ts'
import { cacheKey } from './read-cache.ts'
import type { BlockRange } from './slot-names.ts'
import { decodeSlotNames, hasNames, rangesFor } from './slot-names.ts'
import { selectBlock } from './statements/select-block.ts'
import { selectPortionParts } from './statements/select-portion-parts.ts'
import { selectSlotNames } from './statements/select-slot-names.ts'
import { selectSummaries } from './statements/select-summaries.ts'
import { selectTail } from './statements/select-tail.ts'
import { selectTerms } from './statements/select-terms.ts'
import type { BodyKey, StoredBlockSource } from './stored-block.ts'
import { StoredBlock } from './stored-block.ts'
import type { TermPlan } from './term-plan.ts'
import { keptByTerms } from './term-plan.ts'

/** A search of one tenant's blocks. */
export interface SlotSearch {
  readonly session: ClusterSession
  readonly tenant: string
  readonly plan: TermPlan
  /** The same with all that is known of names. */
  readonly root: PlanNode
  /** Slices of terms that the plan needs. */
  readonly slices: readonly number[]
  /** Of the window. */
  readonly minMicros: number
  readonly cache: ReadCache
  readonly onDamaged: (error: GatewayError) => void
}

/** A slot that may have blocks for a search. */
export interface SlotRow {
  readonly slot: Uint8Array
  /** Largest start of its blocks; undefined as long as it is open. */
  readonly maxMicros: number | undefined
  readonly tailDone: number
}

/** Blocks that come one after the other, by their largest start, newest first. */
export interface BlockSource {
  /** No block that is left starts later; undefined when none is left. */
  readonly nextMicros: number | undefined
  /** True when `load` must have ended before `take`. */
  readonly mustLoad: boolean
  load(): Promise<void>
  take(): BlockRef<Promise<void>>
}

const action = 'Cannot search'
/** Most searches end with the newest blocks, so that the first page of a slot has few. */
const pageRowsFirst = 64
const pageRowsMax = 128
/** The next page is read when a page has fewer blocks left. */
const aheadRows = 16
/** Columns are read for so many blocks ahead of the one that is looked at. */
const readAhead = 6

/** Blocks of a slot, and what comes behind them. */
interface SlotPage {
  readonly refs: StoredRef[]
  readonly ranges: readonly BlockRange[]
  readonly pageState: string | undefined
  /** No block behind them starts later. */
  readonly boundMicros: number
}

/** The blocks of one slot, read page by page: their summaries and the terms that are asked for. */
export class SlotBlocks implements BlockSource {
  readonly #search: SlotSearch
  readonly #row: SlotRow
  #refs: StoredRef[] = []
  #pageState: string | undefined
  /** Where blocks are left; undefined until that is known. */
  #ranges: readonly BlockRange[] | undefined
  /** No block that is not loaded starts later. */
  #boundMicros: number
  #pageRows = pageRowsFirst
  #ahead: Promise<SlotPage> | undefined

  constructor(search: SlotSearch, row: SlotRow) {
    this.#search = search
    this.#row = row
    this.#boundMicros = row.maxMicros ?? Number.POSITIVE_INFINITY
  }

  get nextMicros(): number | undefined {
    const [first] = this.#refs
    if (first !== undefined) return first.summary.maxMicros
    return this.#ranges?.length === 0 ? undefined : this.#boundMicros
  }

  get mustLoad(): boolean {
    return this.#refs.length === 0
  }

  async load(): Promise<void> {
    const page = await (this.#ahead ?? this.#read())
    this.#ahead = undefined
    this.#refs = page.refs
    this.#ranges = page.ranges
    this.#pageState = page.pageState
    this.#boundMicros = page.boundMicros
    this.#pageRows = pageRowsMax
  }

  /** The page that comes next. */
  async #read(): Promise<SlotPage> {
    const { session, tenant } = this.#search
    const ranges = this.#ranges ?? (await this.#readRanges())
    const [range, ...others] = ranges
    if (range === undefined) return { refs: [], ranges, pageState: undefined, boundMicros: 0 }
    const statement = bound(selectSummaries, tenant, this.#row.slot, range)
    const page = await session.page(action, statement, this.#pageRows, this.#pageState)
    const { rows, pageState } = page
    const terms = await this.#terms(rows)
    const refs = rows.flatMap((row) => this.#refOf(row, terms))
    return pageState === undefined
      ? { refs, ranges: others, pageState, boundMicros: others[0]?.newestMicros ?? 0 }
      : {
          refs,
          ranges,
          pageState,
          boundMicros: Number(rows.at(-1)?.['max_micros'] ?? this.#boundMicros),
        }
  }

  /** All of an open slot; of a closed one what its names leave. */
  async #readRanges(): Promise<readonly BlockRange[]> {
    const { session, tenant, root, minMicros, cache, onDamaged } = this.#search
    const { slot, maxMicros } = this.#row
    const all = [{ oldestMicros: minMicros, newestMicros: Number.MAX_SAFE_INTEGER }]
    if (maxMicros === undefined || !hasNames(root)) return all
    const key = cacheKey(tenant, slot)
    const known = cache.names(key)
    if (known !== undefined) return rangesFor(root, known, minMicros)
    const [row] = await session.run(action, bound(selectSlotNames, tenant, slot))
    if (row === undefined) return all
    try {
      const names = decodeSlotNames(row['names'])
      cache.keepNames(key, names)
      return rangesFor(root, names, minMicros)
    } catch (error) {
      if (!(error instanceof GatewayError)) throw error
      onDamaged(error)
      return all
    }
  }

  take(): BlockRef<Promise<void>> {
    const [ref, ...others] = this.#refs
    if (ref === undefined) throw new TypeError('Cannot take a block: none is loaded')
    this.#refs = others
    if (others.length < aheadRows && this.#ranges?.length !== 0) {
      this.#ahead ??= this.#read()
      // Whoever loads it is told; nobody may.
      this.#ahead.catch(() => {})
    }
    return {
      summary: ref.summary,
      mayMatch: () => ref.mayMatch(),
      load: () => {
        let ahead = 0
        for (const next of others) {
          if (ahead === readAhead) break
          if (!next.mayMatch()) continue
          // Whoever waits for it is told; nobody may.
          next.load()?.catch(() => {})
          ahead += 1
        }
        return ref.load()
      },
      open: () => ref.open(),
    }
  }

  /** The slices of all blocks of a page, by the block's id. */
  async #terms(rows: Page['rows']): Promise<ReadonlyMap<string, Map<number, Uint8Array>>> {
    const terms = new Map<string, Map<number, Uint8Array>>()
    const { session, tenant, slices } = this.#search
    const newest = rows[0]?.['max_micros']
    const oldest = rows.at(-1)?.['max_micros']
    if (newest === undefined || oldest === undefined) return terms
    const range = { minMicros: Number(oldest), maxMicros: Number(newest) }
    await Promise.all(
      slices.map(async (slice) => {
        const statement = bound(selectTerms, tenant, this.#row.slot, slice, range)
        for (const row of await session.run(action, statement)) {
          const id = row['block'].toString('latin1')
          const own = terms.get(id) ?? new Map<number, Uint8Array>()
          terms.set(id, own.set(slice, row['terms']))
        }
      }),
    )
    return terms
  }

  #refOf(
    row: Page['rows'][number],
    terms: ReadonlyMap<string, ReadonlyMap<number, Uint8Array>>,
  ): StoredRef[] {
    const id: Buffer = row['block']
    try {
      const summary = decodeSummary(row['terms'])
      const slices = terms.get(id.toString('latin1')) ?? new Map()
      const own = new BlockTerms(summary.spanCount, sliceBits, slices)
      return [new StoredRef(this.#search, summary, own, id)]
    } catch (error) {
      if (!(error instanceof GatewayError)) throw error
      this.#search.onDamaged(error)
      return []
    }
  }
}

/** The small blocks of a slot that are in no other block. */
export class TailBlocks implements BlockSource {
  #refs: StoredRef[]

  /** Reads all of them: they are few. */
  static async read(search: SlotSearch, { slot, tailDone }: SlotRow): Promise<TailBlocks> {
    const refs: StoredRef[] = []
    const statement = bound(selectTail, search.tenant, slot, tailDone)
    for (const row of await search.session.all(action, statement)) {
      try {
        const { summary, terms, ...rows } = decodeTail(row['block'])
        const own = new BlockTerms(summary.spanCount, 0, new Map([[0, terms]]))
        refs.push(new StoredRef(search, summary, own, rows))
      } catch (error) {
        if (!(error instanceof GatewayError)) throw error
        search.onDamaged(error)
      }
    }
    return new TailBlocks(refs)
  }

  private constructor(refs: readonly StoredRef[]) {
    this.#refs = [...refs].sort((left, right) => right.summary.maxMicros - left.summary.maxMicros)
  }

  get nextMicros(): number | undefined {
    return this.#refs[0]?.summary.maxMicros
  }

  get mustLoad(): boolean {
    return false
  }

  async load(): Promise<void> {}

  take(): BlockRef<Promise<void>> {
    const ref = this.#refs.shift()
    if (ref === undefined) throw new TypeError('Cannot take a block: none is left')
    return {
      summary: ref.summary,
      mayMatch: () => ref.mayMatch(),
      load: () => ref.load(),
      open: () => ref.open(),
    }
  }
}

/** A block of which summary and terms are known. */
class StoredRef {
  readonly summary: BlockSummary
  readonly #search: SlotSearch
  readonly #terms: BlockTerms
  readonly #id: Uint8Array | undefined
  #rows: BlockRows | undefined
  #mayMatch: boolean | undefined
  #loading: Promise<void> | undefined
  #damage: GatewayError | undefined

  constructor(
    search: SlotSearch,
    summary: BlockSummary,
    terms: BlockTerms,
    rows: BlockRows | Uint8Array,
  ) {
    this.#search = search
    this.summary = summary
    this.#terms = terms
    if (rows instanceof Uint8Array) {
      this.#id = rows
      this.#rows = search.cache.block(cacheKey(search.tenant, rows))
    } else this.#rows = rows
  }

  mayMatch(): boolean {
    this.#mayMatch ??= this.#askTerms()
    return this.#mayMatch
  }

  load(): Promise<void> | undefined {
    if (this.#rows !== undefined || this.#id === undefined) return undefined
    this.#loading ??= this.#read(this.#id)
    return this.#loading
  }

  open(): LoadingBlock<Promise<void>> {
    if (this.#damage !== undefined) throw this.#damage
    if (this.#rows === undefined) throw new TypeError('Cannot open a block: it is not loaded')
    const { session, tenant, cache } = this.#search
    const source: StoredBlockSource = {
      summary: this.summary,
      terms: this.#terms,
      rows: this.#rows,
      readParts: (key) => readParts(session, tenant, key),
      cachedParts: (key) => cache.parts(partsKey(tenant, key)),
      keepParts: (key, parts) => cache.keepParts(partsKey(tenant, key), parts),
    }
    return new StoredBlock(source)
  }

  /** A block whose terms are damaged is looked into, and reported then. */
  #askTerms(): boolean {
    try {
      const { spanCount } = this.summary
      const kept = keptByTerms(this.#search.plan, spanCount, (hashes) =>
        this.#terms.spansWithAny(hashes),
      )
      return kept === undefined || kept.length > 0
    } catch (error) {
      if (!(error instanceof GatewayError)) throw error
      return true
    }
  }

  async #read(id: Uint8Array): Promise<void> {
    const { session, tenant, cache } = this.#search
    const rows = await session.run(action, bound(selectBlock, tenant, id))
    const sections = rows.map((row) => [row['section'], row['bytes']] as const)
    try {
      this.#rows = rowsOfSections(new Map(sections))
      cache.keepBlock(cacheKey(tenant, id), this.#rows)
    } catch (error) {
      if (!(error instanceof GatewayError)) throw error
      this.#damage = error
    }
  }
}

function partsKey(tenant: string, { traceId, split, portion }: BodyKey): string {
  return cacheKey(`${split} ${tenant}`, traceId, portion)
}

async function readParts(
  session: ClusterSession,
  tenant: string,
  { traceId, split, portion }: BodyKey,
): Promise<readonly Uint8Array[]> {
  const statement = bound(selectPortionParts, tenant, traceId, split, portion)
  const rows = await session.run(action, statement)
  return rows.map((row): Uint8Array => row['spans'])
}
