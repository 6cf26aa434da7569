import { hexOf } from '../../bridge/model/identifier.ts'
import type { SpanBatch } from '../../bridge/model/span-batch.ts'
import { closeAfter, closeAll } from '../errors/close-all.ts'
import type { ArchiveStore } from '../ports/archive-store.ts'
import type {
  DependencyLink,
  DependencyStore,
  DependencyWindow,
} from '../ports/dependency-store.ts'
import type { SpanQuery } from '../ports/span-query.ts'
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
} from '../ports/span-store.ts'
import type { StoreFacts } from '../ports/store-facts.ts'
import { IdentitySet } from '../search/identity-set.ts'
import { byRank } from '../search/newest-traces.ts'
import type { SearchBounds } from '../search/search-meter.ts'
import { SearchMeter } from '../search/search-meter.ts'
import { cancelledBy } from './cancelled.ts'
import { compositeArchive } from './composite-archive.ts'
import type { FoundTraces, ReadSpans } from './found-traces.ts'
import { eachOnce, foundItems, summaryItems } from './found-traces.ts'
import { LinkSums } from './link-sums.ts'
import { operationsOfBoth } from './operation-order.ts'

/** Two stores that are read as one. */
export interface CompositeStoreOptions {
  /** Spans are written to it. */
  readonly newer: SpanStore
  /** It is only read, until all of its spans have expired. */
  readonly older: SpanStore
  readonly searchBounds: SearchBounds
}

/**
 * New spans go to one store, and answers come from both: each span once, traces that have spans in both
 * whole, searches as of one store. Tenants that the older one refuses are those of the newer one.
 *
 * A search asks both for as many traces as it may have. Its conditions hold on one span, so a trace that
 * is among the newest is among the newest of the store which has that span.
 */
export class CompositeStore implements SpanStore {
  readonly cannot: ReadonlyMap<Ability, string>
  readonly dependencies: DependencyStore
  /** Both; the older store's alone where the newer has none. */
  readonly archive: ArchiveStore | undefined
  readonly #newer: SpanStore
  readonly #older: SpanStore
  readonly #bounds: SearchBounds

  constructor({ newer, older, searchBounds }: CompositeStoreOptions) {
    this.cannot = new Map([...older.cannot, ...newer.cannot])
    this.#newer = newer
    this.#older = older
    this.archive = compositeArchive(newer.archive, older.archive, (tenant) =>
      this.#storesOf(tenant).includes(older),
    )
    this.#bounds = searchBounds
    this.dependencies = { links: (...asked) => this.#links(...asked) }
  }

  /** Opens both. When the older one cannot be opened nothing stays open. */
  static async open(
    openNewer: () => Promise<SpanStore>,
    openOlder: () => Promise<SpanStore>,
    searchBounds: SearchBounds,
  ): Promise<CompositeStore> {
    const newer = await openNewer()
    try {
      return new CompositeStore({ newer, older: await openOlder(), searchBounds })
    } catch (error) {
      return closeAfter(error, () => newer.close())
    }
  }

  write(tenant: string, batch: SpanBatch, signal: AbortSignal): Promise<WriteResult> {
    return this.#newer.write(tenant, batch, signal)
  }

  async *trace(
    tenant: string,
    trace: TraceRef,
    signal: AbortSignal,
  ): AsyncGenerator<SpanBatch, void, void> {
    const seen = new IdentitySet()
    for (const store of this.#storesOf(tenant)) {
      yield* eachOnce(store.trace(tenant, trace, signal), seen)
    }
  }

  async lostParts(tenant: string, traceId: Uint8Array): Promise<SearchBound | undefined> {
    for (const store of this.#storesOf(tenant)) {
      const bound = await store.lostParts(tenant, traceId)
      if (bound !== undefined) return bound
    }
    return undefined
  }

  async *find(
    tenant: string,
    query: SpanQuery,
    signal: AbortSignal,
  ): AsyncGenerator<Found, void, void> {
    const found = await this.#search(tenant, query, signal)
    yield* foundItems(found, this.#reader(tenant, signal), () => checkWanted(signal))
  }

  async *summaries(
    tenant: string,
    query: SpanQuery,
    signal: AbortSignal,
  ): AsyncGenerator<TraceSummary | SummariesEnd, void, void> {
    const found = await this.#search(tenant, query, signal)
    const meter = new SearchMeter(this.#bounds)
    yield* summaryItems(found, this.#reader(tenant, signal), meter, () => checkWanted(signal))
  }

  async services(tenant: string): Promise<readonly string[]> {
    const lists = await Promise.all(this.#storesOf(tenant).map((store) => store.services(tenant)))
    return [...new Set(lists.flat())].sort()
  }

  async operations(tenant: string, service: string, kind?: number): Promise<readonly Operation[]> {
    const lists = await Promise.all(
      this.#storesOf(tenant).map((store) => store.operations(tenant, service, kind)),
    )
    return operationsOfBoth(lists.flat())
  }

  /** Those of the store that spans go to. */
  async facts(): Promise<StoreFacts> {
    return (await this.#newer.facts?.()) ?? {}
  }

  async close(): Promise<void> {
    await closeAll([{ newer: () => this.#newer.close(), older: () => this.#older.close() }])
  }

  async #links(
    tenant: string,
    window: DependencyWindow,
    signal?: AbortSignal,
  ): Promise<readonly DependencyLink[]> {
    const sums = new LinkSums()
    for (const store of this.#storesOf(tenant)) {
      for (const link of (await store.dependencies?.links(tenant, window, signal)) ?? [])
        sums.add(link)
    }
    return sums.links()
  }

  #reader(tenant: string, signal: AbortSignal): ReadSpans {
    return (traceId) => this.trace(tenant, { traceId }, signal)
  }

  #storesOf(tenant: string): readonly SpanStore[] {
    const isOneTenants = tenant !== '' && this.#older.cannot.has('tenants')
    return isOneTenants ? [this.#newer] : [this.#newer, this.#older]
  }

  async #search(tenant: string, query: SpanQuery, signal: AbortSignal): Promise<FoundTraces> {
    const newest = new Map<string, number>()
    let bound: SearchBound | undefined
    const read = async (store: SpanStore): Promise<void> => {
      for await (const found of store.find(tenant, query, signal)) {
        if (found.kind === 'end') bound ??= found.bound
        else {
          const id = hexOf(found.traceId)
          newest.set(id, Math.max(newest.get(id) ?? 0, found.newestMatchMicros))
        }
      }
    }
    const reads = await Promise.allSettled(this.#storesOf(tenant).map(read))
    for (const one of reads) if (one.status === 'rejected') throw one.reason
    const traces = Array.from(newest, ([traceId, newestMatchMicros]) => ({
      traceId,
      newestMatchMicros,
    }))
    return { traces: traces.sort(byRank).slice(0, query.limit), bound }
  }
}

/** @throws GatewayError 'cancelled' when the caller went away */
function checkWanted(signal: AbortSignal): void {
  if (signal.aborted) throw cancelledBy(signal)
}
