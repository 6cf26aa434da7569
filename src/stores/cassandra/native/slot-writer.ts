import { createHash, randomBytes } from 'node:crypto'
import { sealColumns } from '../../../blocks/block-sections.ts'
import { buildSlices } from '../../../blocks/build-postings.ts'
import { OpenBlock } from '../../../blocks/open-block.ts'
import type { ClusterSession } from '../cluster-session.ts'
import type { Bound } from '../statement.ts'
import { bound } from '../statement.ts'
import type { BlockRows } from './block-rows.ts'
import { encodeSummary, encodeTail, sectionsOf, sliceBits, summarySlice } from './block-rows.ts'
import type { Origin } from './origins.ts'
import type { Portion } from './portions.ts'
import { encodeSlotNames, SlotNamesWriter } from './slot-names.ts'
import { closeSlot } from './statements/close-slot.ts'
import { insertBlockSection } from './statements/insert-block-section.ts'
import { insertBlockTerm } from './statements/insert-block-term.ts'
import { insertSlot } from './statements/insert-slot.ts'
import { insertSlotNames } from './statements/insert-slot-names.ts'
import { insertTail } from './statements/insert-tail.ts'
import { updateSlotTail } from './statements/update-slot-tail.ts'

/** Where a slot lies and how it is written. */
export interface SlotWriterOptions {
  readonly session: ClusterSession
  readonly tenant: string
  /** Days from the epoch to the arrival of its spans. */
  readonly day: number
  readonly retentionMs: number
  /** Told of each block before it is stored: the names of its spans from `first` on are new. */
  readonly storeNames: (block: OpenBlock, first: number) => Promise<void>
}

/** A portion whose bodies are stored, and in which splits. */
export interface StoredPortion {
  readonly portion: Portion
  readonly splits: Origin['splits']
}

/** A block is made of so many spans or bytes, or of half as many that come at once. */
const blockSpans = 4000
const blockBytes = 6 * 1024 * 1024
/** So many rows of the tail become one. */
const tailRowsMax = 64
/** A longer one is a block: Cassandra refuses a mutation of 16 MiB, and spans of many short attributes have many terms. */
const tailBytesMax = 6 * 1024 * 1024
/** Of the terms that are stored together. */
const batchBytesMax = 4 * 1024 * 1024
/** What a slot holds at most: its partition of terms stays below 32 MiB. */
const slotBlocksMax = 1000
const slotTermBytesMax = 16 * 1024 * 1024
const dayMs = 86_400_000
const action = 'Cannot store spans'

/**
 * Writes the blocks of one slot, which belongs to this process: small commits into its tail, and all
 * of the tail into a block when it is large enough. One call at a time.
 */
export class SlotWriter {
  readonly #options: SlotWriterOptions
  readonly #slot = new Uint8Array(randomBytes(16))
  #isTaken = false
  /** A write failed: what is in the tail may be in no block, and stays there. */
  #isBroken = false
  /** What is in the tail and in no block. */
  #open: OpenBlock
  #origins: Origin[] = []
  #seq = 0
  #tailDone = 0
  #blocks = 0
  #termBytes = 0
  readonly #names = new SlotNamesWriter()
  #minMicros = Number.POSITIVE_INFINITY
  #maxMicros = 0
  /** Monotonic ms. */
  #usedAtMs = performance.now()

  constructor(options: SlotWriterOptions) {
    this.#options = options
    this.#open = new OpenBlock(options.retentionMs)
  }

  /** Monotonic ms of the last commit. */
  get usedAtMs(): number {
    return this.#usedAtMs
  }

  /** True when the next spans must go into another slot. */
  get isFull(): boolean {
    const isLarge = this.#blocks >= slotBlocksMax || this.#termBytes >= slotTermBytesMax
    return isLarge || this.#isBroken
  }

  /** Memory of what is in no block yet. */
  get sizeBytes(): number {
    return this.#open.sizeBytes
  }

  /** Makes portions findable whose bodies are stored; they are when this resolves. */
  async add(portions: readonly StoredPortion[]): Promise<void> {
    this.#usedAtMs = performance.now()
    await this.#take()
    try {
      await this.#addAll(portions)
    } catch (error) {
      this.#isBroken = true
      throw error
    }
  }

  async #addAll(portions: readonly StoredPortion[]): Promise<void> {
    let pending: StoredPortion[] = []
    for (const stored of portions) {
      pending.push(stored)
      const spans = this.#open.spanCount + spanCountOf(pending)
      const bytes = this.#open.bodyBytes + bytesOf(pending)
      const isLarge = spanCountOf(pending) >= blockSpans / 2 || bytesOf(pending) >= blockBytes / 2
      if (!isLarge && spans < blockSpans && bytes < blockBytes) continue
      await this.#sealWith(pending)
      pending = []
    }
    if (pending.length > 0) await this.#addToTail(pending)
  }

  /** Stores the tail as a block, so that nobody needs it any more, and says what the slot holds. */
  async close(): Promise<void> {
    if (!this.#isTaken || this.#isBroken) return
    if (this.#open.spanCount > 0) await this.#storeBlock(this.#open, this.#origins)
    this.#begin()
    const { session, tenant, day } = this.#options
    const key = { tenant, day, slot: this.#slot }
    const range = { minMicros: this.#minMicros, maxMicros: this.#maxMicros }
    if (range.minMicros > range.maxMicros) return
    const { names } = this.#names
    if (names !== undefined) {
      const bytes = encodeSlotNames(names)
      const ttl = this.#slotTtl
      await session.run(action, bound(insertSlotNames, tenant, this.#slot, bytes, ttl))
    }
    await session.run(action, bound(closeSlot, key, range, this.#seq, this.#slotTtl))
  }

  async #take(): Promise<void> {
    if (this.#isTaken) return
    const { session, tenant, day } = this.#options
    await session.run(action, bound(insertSlot, tenant, day, this.#slot, this.#slotTtl))
    this.#isTaken = true
  }

  async #sealWith(stored: readonly StoredPortion[]): Promise<void> {
    const open = this.#open
    const first = open.spanCount
    append(open, this.#origins, stored)
    await Promise.all([
      this.#options.storeNames(open, first),
      this.#storeBlock(open, this.#origins),
    ])
    this.#begin()
    await this.#noteTail(this.#seq)
  }

  /** The tail is in a block. */
  #begin(): void {
    this.#open = new OpenBlock(this.#options.retentionMs)
    this.#origins = []
  }

  async #addToTail(stored: readonly StoredPortion[]): Promise<void> {
    const { session, tenant, retentionMs, storeNames } = this.#options
    const block = new OpenBlock(retentionMs, spanCountOf(stored))
    const origins: Origin[] = []
    append(block, origins, stored)
    const seq = this.#seq + 1
    const tail = tailOf(block, origins)
    if (tail.length > tailBytesMax) {
      await this.#sealWith(stored)
      return
    }
    await Promise.all([
      storeNames(block, 0),
      session.run(action, bound(insertTail, tenant, this.#slot, seq, tail, ttlOf(block))),
    ])
    this.#seq = seq
    append(this.#open, this.#origins, stored)
    this.#widen(block)
    if (this.#seq - this.#tailDone < tailRowsMax) return
    // One row for all of them, behind them.
    const whole = tailOf(this.#open, this.#origins)
    if (whole.length > tailBytesMax) {
      await this.#sealWith([])
      return
    }
    const ttl = ttlOf(this.#open)
    await session.run(action, bound(insertTail, tenant, this.#slot, this.#seq + 1, whole, ttl))
    this.#seq += 1
    await this.#noteTail(this.#seq - 1)
  }

  /** Spans are answered already: a failure only costs readers time. */
  async #noteTail(seq: number): Promise<void> {
    if (seq === this.#tailDone) return
    const { session, tenant, day } = this.#options
    try {
      const ttl = this.#slotTtl
      await session.run(action, bound(updateSlotTail, tenant, day, this.#slot, seq, ttl))
      this.#tailDone = seq
    } catch {
      // The next note says more.
    }
  }

  /** The summary and the terms come last: by them the block is found. */
  async #storeBlock(block: OpenBlock, origins: readonly Origin[]): Promise<void> {
    const { session, tenant } = this.#options
    const ttl = ttlOf(block)
    const id = blockId(origins)
    this.#names.add(block)
    const rows: BlockRows = { ...sealColumns(block), traceIds: block.traceIds.slice(), origins }
    const sections = sectionsOf(rows).map(([section, bytes]) =>
      bound(insertBlockSection, tenant, id, section, bytes, ttl),
    )
    await session.batch(action, sections)
    const { summary } = block
    const key = { tenant, slot: this.#slot, maxMicros: summary.maxMicros, block: id }
    const slices = buildSlices(block, { seed: sealSeed, bits: sliceBits, withNames: true })
    let terms: Bound[] = []
    let termBytes = 0
    for (const [slice, bytes] of slices.entries()) {
      if (bytes === undefined) continue
      if (termBytes + bytes.length > batchBytesMax) {
        await session.batch(action, terms)
        terms = []
        termBytes = 0
      }
      terms.push(bound(insertBlockTerm, { ...key, slice }, bytes, ttl))
      termBytes += bytes.length
    }
    const head = encodeSummary(summary)
    terms.push(bound(insertBlockTerm, { ...key, slice: summarySlice }, head, ttl))
    await session.batch(action, terms)
    this.#blocks += 1
    this.#termBytes += slices.reduce((size, bytes) => size + (bytes?.length ?? 0), 0)
    this.#widen(block)
  }

  #widen({ summary }: OpenBlock): void {
    this.#minMicros = Math.min(this.#minMicros, summary.minMicros)
    this.#maxMicros = Math.max(this.#maxMicros, summary.maxMicros)
  }

  /** A slot is taken for a day at most, and outlives what is in it. */
  get #slotTtl(): number {
    return Math.ceil((this.#options.retentionMs + dayMs) / 1000) + 2 * ttlSpareSeconds
  }
}

/** Readers decide what has expired, by the arrival; Cassandra removes it somewhat later. */
const ttlSpareSeconds = 3600

/** How long rows with spans of an arrival are kept, s. */
export function ttlSeconds(arrivalUnixMs: number, retentionMs: number): number {
  const leftMs = arrivalUnixMs + retentionMs - Date.now()
  return Math.max(0, Math.ceil(leftMs / 1000)) + ttlSpareSeconds
}

function ttlOf(block: OpenBlock): number {
  return ttlSeconds(block.summary.arrivalMaxUnixMs, block.retentionMs)
}

function append(block: OpenBlock, origins: Origin[], stored: readonly StoredPortion[]): void {
  for (const { portion, splits } of stored) {
    block.append(portion.batch, portion.first, portion.end)
    origins.push({ id: portion.id, spanCount: portion.end - portion.first, splits })
  }
}

function tailOf(block: OpenBlock, origins: readonly Origin[]): Uint8Array {
  const [terms = none] = buildSlices(block, { seed: sealSeed, bits: 0, withNames: true })
  const { summary } = block
  return encodeTail({ ...sealColumns(block), summary, traceIds: block.traceIds, terms, origins })
}

const none = new Uint8Array(0)

/** Follows from the spans: a block that is stored again overwrites itself. */
function blockId(origins: readonly Origin[]): Uint8Array {
  const hash = createHash('sha256')
  for (const { id } of origins) hash.update(id)
  return new Uint8Array(hash.digest().subarray(0, 16))
}

function spanCountOf(stored: readonly StoredPortion[]): number {
  return stored.reduce((sum, { portion }) => sum + portion.end - portion.first, 0)
}

function bytesOf(stored: readonly StoredPortion[]): number {
  return stored.reduce((sum, { portion }) => sum + portion.sizeBytes, 0)
}

/** Of this process alone. */
const sealSeed = Math.floor(Math.random() * 2 ** 32)
