import { setImmediate as nextTurn } from 'node:timers/promises'
import { fromHex } from '../../../bridge/model/identifier.ts'
import type { SpanBatch } from '../../../bridge/model/span-batch.ts'
import { spanCount } from '../../../bridge/model/span-batch.ts'
import type { BlockView } from '../../blocks/block-view.ts'
import { runsByNearness } from '../../blocks/near-arrival.ts'
import { OpenBlock } from '../../blocks/open-block.ts'
import { planQuery } from '../../blocks/plan-query.ts'
import type { TraceKey } from '../../blocks/read-trace.ts'
import { traceParts } from '../../blocks/read-trace.ts'
import { SpareBlocks } from '../../blocks/spare-blocks.ts'
import { summarizeTraces } from '../../blocks/summarize-traces.ts'
import { findTrace } from '../../blocks/trace-dictionary.ts'
import type { BlockRef, WalkResult } from '../../blocks/walk-blocks.ts'
import { walkBlocks } from '../../blocks/walk-blocks.ts'
import { GatewayError } from '../../errors/gateway-error.ts'
import type { ArchiveStore } from '../../ports/archive-store.ts'
import type { SpanQuery } from '../../ports/span-query.ts'
import type {
  Ability,
  Found,
  Operation,
  SearchBound,
  SpanStore,
  SummariesEnd,
  TraceRef,
  TraceSummary,
  WriteResult,
} from '../../ports/span-store.ts'
import type { StoreFacts } from '../../ports/store-facts.ts'
import { checkQuery } from '../../search/check-query.ts'
import type { QueryLimits } from '../../search/query-limits.ts'
import { queryLimitDefaults } from '../../search/query-limits.ts'
import type { SearchBounds } from '../../search/search-meter.ts'
import { SearchMeter } from '../../search/search-meter.ts'
import { RowArchive } from '../archive/row-archive.ts'
import { checkOpen } from '../check-open.ts'
import type { StoreClock } from '../expiry-clock.ts'
import { ExpiryClock, systemClock } from '../expiry-clock.ts'
import { Turns } from '../turns.ts'
import { EvictedTraces } from './evicted-traces.ts'
import { MemoryArchive } from './memory-archive.ts'
import { memoryFacts } from './memory-facts.ts'
import type { KeptBlock } from './tenant-blocks.ts'
import { TenantBlocks } from './tenant-blocks.ts'

/** Memory of an archive when nobody says so. */
const archiveBytesDefault = 64 * 1024 ** 2

/** Why spans left a store that had acknowledged them. */
export type Removal = 'retention' | 'eviction'

/** What a memory store has to be told. */
export interface MemoryStoreOptions {
  /** Memory for all tenants together; past it the oldest blocks go. */
  readonly bytesMax: number
  /** How long spans are kept after their arrival. */
  readonly retentionMs: number
  /** Memory for archived traces, besides; 64 MiB. */
  readonly archiveBytesMax?: number
  readonly searchBounds: SearchBounds
  readonly queryLimits?: QueryLimits
  /** How long a clock that jumped forward must stay there before it is believed; 24 h. */
  readonly clockGraceMs?: number
  readonly clock?: StoreClock
  /** Told of every span that goes, for the counters. */
  readonly onRemoved?: (reason: Removal, spans: number) => void
  /** The clock jumped forward by so much: nothing expires until it is back or believed. */
  readonly onExpiryPaused?: (jumpMs: number) => void
  readonly onExpiryResumed?: () => void
}

/**
 * Keeps spans in memory, in blocks (docs/blocks.md).
 *
 * Nothing survives the process. Past the bound the blocks that were begun first go, and a trace that
 * lost spans with one says so (`lostParts`). Repeats are kept and dropped on reading, so that a
 * resend renews its spans' retention.
 */
export class MemoryStore implements SpanStore {
  readonly cannot: ReadonlyMap<Ability, string> = new Map([
    ['durable', 'what is kept in memory ends with the process'],
  ])
  readonly archive: ArchiveStore
  readonly #archived: MemoryArchive
  readonly #options: MemoryStoreOptions
  readonly #expiry: ExpiryClock
  readonly #tenants = new Map<string, TenantBlocks>()
  /** All blocks of all tenants, in the order in which they were begun. */
  readonly #blocks = new Set<KeptBlock>()
  readonly #evicted: EvictedTraces
  #sizeBytes = 0
  #closed = false
  readonly #spares: SpareBlocks
  readonly #turns = new Turns()
  /** Reads under way: what they hold of blocks must stay as it is. */
  #reads = 0

  constructor(options: MemoryStoreOptions) {
    this.#options = options
    const { archiveBytesMax = archiveBytesDefault } = options
    this.#archived = new MemoryArchive(archiveBytesMax, () => this.#checkUsable())
    this.archive = new RowArchive(this.#archived)
    this.#spares = new SpareBlocks(options.retentionMs, sparesMax)
    this.#evicted = new EvictedTraces(Math.min(options.bytesMax / 512, evictedTracesMax))
    this.#expiry = new ExpiryClock({
      clock: options.clock ?? systemClock,
      retentionMs: options.retentionMs,
      graceMs: options.clockGraceMs ?? clockGraceMs,
      onPaused: (jumpMs) => options.onExpiryPaused?.(jumpMs),
      onResumed: () => options.onExpiryResumed?.(),
    })
  }

  /** Memory that the stored spans take, by estimate. */
  get sizeBytes(): number {
    return this.#sizeBytes
  }

  async write(tenant: string, batch: SpanBatch, signal: AbortSignal): Promise<WriteResult> {
    this.#checkUsable(signal)
    const count = spanCount(batch)
    if (count === 0) return { rejected: [] }
    this.#checkSize(batch)
    this.#expire()
    for (let first = 0; first < count; first += spansPerTurn) {
      if (first > 0) await nextTurn()
      // Spans that a closing store has not taken yet are not acknowledged.
      if (this.#closed) this.#checkUsable()
      this.#append(tenant, batch, first, Math.min(first + spansPerTurn, count))
    }
    return { rejected: [] }
  }

  async *trace(tenant: string, trace: TraceRef, signal: AbortSignal): AsyncGenerator<SpanBatch> {
    this.#checkUsable(signal)
    this.#reads += 1
    const turn = this.#turns.begin(() => this.#checkUsable(signal))
    try {
      for (const part of traceParts(this.#blocksOf(tenant, trace.traceId), this.#keyOf(trace))) {
        yield part
        await turn.pause()
      }
    } finally {
      this.#reads -= 1
    }
  }

  async lostParts(tenant: string, traceId: Uint8Array): Promise<SearchBound | undefined> {
    this.#checkUsable()
    const isLost = this.#evicted.has(tenant, traceId) && this.#blocksOf(tenant, traceId).length > 0
    return isLost ? { setting: bytesSetting, limit: this.#options.bytesMax } : undefined
  }

  async *find(tenant: string, query: SpanQuery, signal: AbortSignal): AsyncGenerator<Found> {
    const { traces, bound } = await this.#search(tenant, query, signal)
    const turn = this.#turns.begin(() => this.#checkUsable(signal))
    for (const { traceId: hex, newestMatchMicros } of traces) {
      const traceId = fromHex(hex)
      const parts = (): AsyncIterable<SpanBatch> => this.trace(tenant, { traceId }, signal)
      yield { kind: 'trace', traceId: fromHex(hex), newestMatchMicros, parts }
      await turn.pause()
    }
    yield { kind: 'end', bound }
  }

  async *summaries(
    tenant: string,
    query: SpanQuery,
    signal: AbortSignal,
  ): AsyncGenerator<TraceSummary | SummariesEnd> {
    const { traces, bound } = await this.#search(tenant, query, signal)
    const summaries = summarizeTraces(
      traces.map(({ traceId }) => fromHex(traceId)),
      {
        blocksOf: (traceId) => this.#blocksOf(tenant, traceId),
        keptSinceUnixMs: this.#expiry.keptSinceUnixMs(),
        meter: new SearchMeter(this.#options.searchBounds),
      },
    )
    const turn = this.#turns.begin(() => this.#checkUsable(signal))
    this.#reads += 1
    try {
      for (;;) {
        const { done, value } = summaries.next()
        if (done) {
          yield { kind: 'end', bound: bound ?? value }
          return
        }
        if (value !== undefined) yield value
        await turn.pause()
      }
    } finally {
      this.#reads -= 1
    }
  }

  async services(tenant: string): Promise<readonly string[]> {
    this.#checkUsable()
    this.#expire()
    return this.#tenants.get(tenant)?.services(this.#expiry.keptSinceUnixMs()) ?? []
  }

  async operations(tenant: string, service: string, kind?: number): Promise<readonly Operation[]> {
    this.#checkUsable()
    this.#expire()
    const keptSince = this.#expiry.keptSinceUnixMs()
    const operations = this.#tenants.get(tenant)?.operations(service, keptSince) ?? []
    return kind === undefined
      ? operations
      : operations.filter((operation) => operation.spanKind === kind)
  }

  async facts(): Promise<StoreFacts> {
    this.#checkUsable()
    this.#expire()
    const { bytesMax, retentionMs } = this.#options
    return memoryFacts({
      summaries: Array.from(this.#blocks, ({ view }) => view.summary),
      sizeBytes: this.#sizeBytes,
      bytesMax,
      retentionMs,
      keptSinceUnixMs: this.#expiry.keptSinceUnixMs(),
      archive: this.#archived,
    })
  }

  async close(): Promise<void> {
    this.#closed = true
    this.#tenants.clear()
    this.#blocks.clear()
    this.#evicted.clear()
    this.#spares.clear()
    this.#sizeBytes = 0
  }

  #append(tenant: string, batch: SpanBatch, first: number, end: number): void {
    for (const run of runsByNearness(batch, first, end)) {
      const blocks = this.#tenants.get(tenant) ?? this.#addTenant(tenant)
      const before = blocks.sizeBytes
      this.#blocks.add(blocks.append(run, batch))
      this.#sizeBytes += blocks.sizeBytes - before
    }
    for (const oldest of this.#blocks) {
      if (this.#sizeBytes <= this.#options.bytesMax) break
      this.#evicted.add(oldest.tenant.name, oldest.view.traceIds)
      this.#remove(oldest, 'eviction')
      // A read under way may hold it.
      if (oldest.view.spanCount >= blockSpans && this.#reads === 0) this.#spares.give(oldest.view)
    }
  }

  #addTenant(name: string): TenantBlocks {
    const limits = {
      spans: blockSpans,
      bodyBytes: Math.min(blockBodyBytes, this.#options.bytesMax / 16),
      arrivalMs: hourMs,
    }
    const blocks = new TenantBlocks(name, limits, (bodyBytes) => this.#newBlock(bodyBytes))
    this.#tenants.set(name, blocks)
    return blocks
  }

  /** Where a full block is expected it gets the memory of an evicted one, if there is any. */
  #newBlock(bodyBytes: number | undefined): OpenBlock {
    if (bodyBytes === undefined) return new OpenBlock(this.#options.retentionMs)
    return this.#spares.take(blockSpans * 1.125, bodyBytes * 1.125)
  }

  async #search(tenant: string, query: SpanQuery, signal: AbortSignal): Promise<WalkResult> {
    this.#checkUsable(signal)
    checkQuery(query, this.#options.queryLimits ?? queryLimitDefaults)
    this.#expire()
    this.#reads += 1
    try {
      return await this.#walk(tenant, query, signal)
    } finally {
      this.#reads -= 1
    }
  }

  async #walk(tenant: string, query: SpanQuery, signal: AbortSignal): Promise<WalkResult> {
    const turn = this.#turns.begin(() => this.#checkUsable(signal))
    const plan = planQuery(query.filter)
    await turn.pause()
    const walk = walkBlocks(this.#refs(tenant), {
      query,
      plan,
      bounds: this.#options.searchBounds,
      keptSinceUnixMs: this.#expiry.keptSinceUnixMs(),
      // What is in memory is as it was put there; anything else is a bug.
      onDamaged: (error) => {
        throw error
      },
    })
    for (;;) {
      const { done, value } = walk.next()
      if (done) return value
      await turn.pause()
    }
  }

  #refs(tenant: string): readonly BlockRef[] {
    const blocks = Array.from(this.#tenants.get(tenant)?.blocks ?? [])
    return blocks
      .map(({ view }) => ({ summary: view.summary, open: () => view }))
      .sort((left, right) => right.summary.maxMicros - left.summary.maxMicros)
  }

  #blocksOf(tenant: string, traceId: Uint8Array): readonly BlockView[] {
    this.#expire()
    const blocks = Array.from(this.#tenants.get(tenant)?.blocks ?? [], ({ view }) => view)
    return blocks.filter(({ traceIds }) => findTrace(traceIds, traceId) >= 0)
  }

  #keyOf({ traceId }: TraceRef): TraceKey {
    return { traceId, keptSinceUnixMs: this.#expiry.keptSinceUnixMs() }
  }

  /**
   * Blocks hold what arrived within an hour, so the first ones are the first to expire, except for those
   * that came while the clock was ahead.
   */
  #expire(): void {
    const { retentionMs } = this.#options
    const keptSinceUnixMs = this.#expiry.keptSinceUnixMs()
    for (const block of this.#blocks) {
      const { arrivalMaxUnixMs } = block.view.summary
      if (arrivalMaxUnixMs < keptSinceUnixMs) this.#remove(block, 'retention')
      else if (arrivalMaxUnixMs <= keptSinceUnixMs + retentionMs + hourMs) return
    }
  }

  #remove(block: KeptBlock, reason: Removal): void {
    const { tenant } = block
    this.#blocks.delete(block)
    this.#sizeBytes -= block.sizeBytes
    tenant.remove(block)
    if (tenant.blocks.size === 0) this.#tenants.delete(tenant.name)
    this.#options.onRemoved?.(reason, block.view.summary.spanCount)
  }

  #checkSize(batch: SpanBatch): void {
    const { bytesMax } = this.#options
    if (batch.bytes.length <= bytesMax) return
    throw new GatewayError(
      'too_large',
      `Cannot store spans: they take ${batch.bytes.length} bytes, ${bytesSetting} is ${bytesMax}`,
    )
  }

  #checkUsable(signal?: AbortSignal): void {
    checkOpen(this.#closed, signal)
  }
}

/** The setting of the bound. */
const bytesSetting = 'store.memory.max-bytes'

/** As the settings say when nobody changed them. */
const clockGraceMs = 24 * 3_600_000
const hourMs = 3_600_000
/** A block is sealed at this size: large enough that its terms are few, small enough to be read. */
const blockSpans = 4000
const blockBodyBytes = 6 * 1024 * 1024
/** Spans of one request that are taken before others get a turn: a few milliseconds. */
const spansPerTurn = 1000
/** One request may evict several blocks before it begins a new one. */
const sparesMax = 4
/** Traces whose loss is remembered: 8 bytes and the overhead of a set each. */
const evictedTracesMax = 1_000_000
