import type { SpanBatch } from '../../../../bridge/model/span-batch.ts'
import { spanCount } from '../../../../bridge/model/span-batch.ts'
import { planQuery } from '../../../blocks/plan-query.ts'
import type { WalkResult } from '../../../blocks/walk-blocks.ts'
import { walkBlocks } from '../../../blocks/walk-blocks.ts'
import { closeAll } from '../../../errors/close-all.ts'
import type { GatewayError } from '../../../errors/gateway-error.ts'
import type { ArchiveStore } from '../../../ports/archive-store.ts'
import type { SpanQuery } from '../../../ports/span-query.ts'
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
} from '../../../ports/span-store.ts'
import type { StoreFacts } from '../../../ports/store-facts.ts'
import { checkQuery } from '../../../search/check-query.ts'
import type { QueryLimits } from '../../../search/query-limits.ts'
import { queryLimitDefaults } from '../../../search/query-limits.ts'
import type { SearchBounds } from '../../../search/search-meter.ts'
import { SearchMeter } from '../../../search/search-meter.ts'
import { RowArchive } from '../../archive/row-archive.ts'
import { checkOpen } from '../../check-open.ts'
import type { ExpiryClock } from '../../expiry-clock.ts'
import { eachOnce, foundItems, summaryItems } from '../../found-traces.ts'
import { byNameThenKind } from '../../operation-order.ts'
import { Turns } from '../../turns.ts'
import { untilAborted } from '../../until-aborted.ts'
import type { ClusterSession } from '../cluster-session.ts'
import { bound } from '../statement.ts'
import { mergeSources } from './merge-sources.ts'
import { NativeArchive } from './native-archive.ts'
import { NativeDependencies } from './native-dependencies.ts'
import { ReadCache } from './read-cache.ts'
import { readSlots } from './read-slots.ts'
import { readTraceRows } from './read-trace-rows.ts'
import type { Retentions } from './retentions.ts'
import { retentionOf } from './retentions.ts'
import type { BlockSource } from './slot-blocks.ts'
import { SlotBlocks, TailBlocks } from './slot-blocks.ts'
import { selectOperations } from './statements/select-operations.ts'
import { selectServices } from './statements/select-services.ts'
import { slicesOf, termPlan } from './term-plan.ts'
import type { ThreadedWriter } from './threaded-writer.ts'

/** What a store over Cassandra has to be told. */
export interface NativeStoreOptions {
  /** In the keyspace, whose schema is current; closed with the store. */
  readonly session: ClusterSession
  /** Started; closed with the store. */
  readonly writer: ThreadedWriter
  /** Of the default retention. */
  readonly expiry: ExpiryClock
  readonly retentions: Retentions
  readonly searchBounds: SearchBounds
  readonly queryLimits?: QueryLimits
  /** What is known of the tables. */
  readonly about?: () => StoreFacts
  /** Stored spans could not be read; answers go on without them. */
  readonly onDamaged: (error: GatewayError) => void
}

/**
 * Keeps spans in Cassandra as blocks (docs/cassandra.md). Any number of processes may use one
 * keyspace: what one of them has stored all others see at once.
 */
export class NativeStore implements SpanStore {
  readonly cannot: ReadonlyMap<Ability, string> = new Map()
  readonly dependencies: NativeDependencies
  readonly archive: ArchiveStore
  readonly #options: NativeStoreOptions
  readonly #turns = new Turns()
  readonly #cache = new ReadCache()
  #closing: Promise<void> | undefined

  constructor(options: NativeStoreOptions) {
    this.#options = options
    const { session } = options
    this.dependencies = new NativeDependencies(session)
    this.archive = new RowArchive(
      new NativeArchive(session, async (work, signal) => this.#until(work, signal)),
    )
  }

  async write(tenant: string, batch: SpanBatch, signal: AbortSignal): Promise<WriteResult> {
    this.#checkUsable(signal)
    if (spanCount(batch) === 0) return { rejected: [] }
    await this.#options.writer.write(tenant, batch, signal)
    return { rejected: [] }
  }

  async *trace(
    tenant: string,
    { traceId }: TraceRef,
    signal: AbortSignal,
  ): AsyncGenerator<SpanBatch> {
    for await (const batch of eachOnce(this.#rows(tenant, traceId, signal))) {
      yield batch
      this.#checkUsable(signal)
    }
  }

  async lostParts(): Promise<SearchBound | undefined> {
    this.#checkUsable()
    return undefined
  }

  async *find(tenant: string, query: SpanQuery, signal: AbortSignal): AsyncGenerator<Found> {
    const found = await this.#search(tenant, query, signal)
    const read = (traceId: Uint8Array) => this.trace(tenant, { traceId }, signal)
    yield* foundItems(found, read, () => this.#checkUsable(signal))
  }

  async *summaries(
    tenant: string,
    query: SpanQuery,
    signal: AbortSignal,
  ): AsyncGenerator<TraceSummary | SummariesEnd> {
    const found = await this.#search(tenant, query, signal)
    const meter = new SearchMeter(this.#options.searchBounds)
    const turn = this.#turns.begin(() => this.#checkUsable(signal))
    const read = (traceId: Uint8Array) => this.#rows(tenant, traceId, signal)
    yield* summaryItems(found, read, meter, () => turn.pause())
  }

  async services(tenant: string): Promise<readonly string[]> {
    this.#checkUsable()
    const rows = await this.#options.session.all(
      'Cannot list services',
      bound(selectServices, tenant),
    )
    return rows.map((row): string => row['service']).sort()
  }

  async operations(tenant: string, service: string, kind?: number): Promise<readonly Operation[]> {
    this.#checkUsable()
    const rows = await this.#options.session.all(
      'Cannot list operations',
      bound(selectOperations, tenant, service),
    )
    return rows
      .map((row): Operation => ({ name: row['name'], spanKind: row['kind'] }))
      .filter(({ spanKind }) => kind === undefined || spanKind === kind)
      .sort(byNameThenKind)
  }

  async facts(): Promise<StoreFacts> {
    this.#checkUsable()
    return this.#options.about?.() ?? {}
  }

  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #close(): Promise<void> {
    const { writer, session } = this.#options
    await closeAll([{ writer: () => writer.close() }, { session: () => session.close() }])
  }

  /** Spans of a tenant that arrived before this are expired. */
  #keptSinceUnixMs(tenant: string): number {
    const { expiry, retentions } = this.#options
    return expiry.keptSinceUnixMs() + retentions.defaultMs - retentionOf(retentions, tenant)
  }

  #rows(tenant: string, traceId: Uint8Array, signal: AbortSignal): AsyncIterable<SpanBatch> {
    this.#checkUsable(signal)
    const { session } = this.#options
    const keptSinceUnixMs = this.#keptSinceUnixMs(tenant)
    const wait = <Result>(work: Promise<Result>): Promise<Result> => this.#until(work, signal)
    return readTraceRows(session, { tenant, traceId, keptSinceUnixMs, wait })
  }

  async #search(tenant: string, query: SpanQuery, signal: AbortSignal): Promise<WalkResult> {
    this.#checkUsable(signal)
    const { queryLimits, searchBounds, onDamaged } = this.#options
    checkQuery(query, queryLimits ?? queryLimitDefaults)
    const plan = planQuery(query.filter)
    const keptSinceUnixMs = this.#keptSinceUnixMs(tenant)
    const refs = mergeSources(await this.#sources(tenant, query, keptSinceUnixMs, signal))
    const bounds = searchBounds
    const walk = walkBlocks(refs, { query, plan, bounds, keptSinceUnixMs, onDamaged })
    const turn = this.#turns.begin(() => this.#checkUsable(signal))
    for (;;) {
      const { done, value } = walk.next()
      if (done) return value
      if (value === undefined) await turn.pause()
      else await this.#until(value, signal)
    }
  }

  async #sources(
    tenant: string,
    query: SpanQuery,
    keptSinceUnixMs: number,
    signal: AbortSignal,
  ): Promise<readonly BlockSource[]> {
    const { session, retentions, onDamaged } = this.#options
    const { root } = planQuery(query.filter)
    const plan = termPlan(root)
    // What is older was moved to the bound when it was stored.
    const minMicros = Math.max(
      query.minMicros ?? 0,
      Math.ceil(keptSinceUnixMs - retentionOf(retentions, tenant)) * 1000,
      0,
    )
    const maxMicros = query.maxMicros ?? Number.MAX_SAFE_INTEGER
    const nowUnixMs = Date.now()
    const window = { minMicros, maxMicros, keptSinceUnixMs, nowUnixMs }
    const slots = await this.#until(readSlots(session, tenant, window), signal)
    const slices = slicesOf(plan)
    const cache = this.#cache
    const search = { session, tenant, root, plan, slices, minMicros, cache, onDamaged }
    const open = slots.filter((row) => row.maxMicros === undefined)
    const tails = open.map((row) => TailBlocks.read(search, row))
    const sources = slots.map((row) => new SlotBlocks(search, row))
    return [...(await this.#until(Promise.all(tails), signal)), ...sources]
  }

  /** The result of work that nobody may wait for any longer. */
  async #until<Result>(work: Promise<Result>, signal: AbortSignal): Promise<Result> {
    const result = await untilAborted(work, signal)
    this.#checkUsable(signal)
    return result
  }

  #checkUsable(signal?: AbortSignal): void {
    checkOpen(this.#closing !== undefined, signal)
  }
}
