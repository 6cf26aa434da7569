import { hexOf, isZeroId } from '../../../bridge/model/identifier.ts'
import type { SpanBatch } from '../../../bridge/model/span-batch.ts'
import type { TraceQueryParameters } from '../../../proto/gen/jaeger/storage/v2/TraceQueryParameters.ts'
import type { GatewayError } from '../../errors/gateway-error.ts'
import type { DependencyStore } from '../../ports/dependency-store.ts'
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
import { kindWords } from '../../search/reference.ts'
import type { SearchBounds } from '../../search/search-meter.ts'
import { SearchMeter } from '../../search/search-meter.ts'
import { LinkSums } from '../cassandra/link-sums.ts'
import { checkOpen } from '../check-open.ts'
import type { FoundTraces } from '../found-traces.ts'
import { eachOnce, foundItems } from '../found-traces.ts'
import { checkOnlyTenant } from '../one-tenant.ts'
import { operationsOfBoth } from '../operation-order.ts'
import { Turns } from '../turns.ts'
import { foundInOrder, summariesInOrder } from './answer-in-order.ts'
import { HeldTraces } from './held-traces.ts'
import { withoutDurations } from './legacy-parameters.ts'
import { NewestSummaries } from './newest-summaries.ts'
import type { Predicates, SearchAbilities } from './plan-search.ts'
import { planSearch } from './plan-search.ts'
import type { RemoteStorage, Waiting } from './remote-storage.ts'
import type { RemoteSearch } from './search-remote.ts'
import { searchRemote } from './search-remote.ts'
import { writeSpans } from './span-writer.ts'
import type { TracePart } from './trace-parts.ts'
import { tracePartsOf } from './trace-parts.ts'
import { timestampOfMicros } from './wire-time.ts'

/** What a store over a remote storage has to be told. */
export interface RemoteStoreOptions {
  readonly remote: RemoteStorage
  /** Ends what is under way. */
  readonly disconnect: () => void
  /** What the remote can search by, as far as it is known now. */
  readonly abilities: () => Promise<SearchAbilities>
  readonly searchBounds: SearchBounds
  readonly queryLimits?: QueryLimits
  /** Most bytes of one request with spans. */
  readonly requestBytesMax: number
  /** Most bytes of one message of the remote. */
  readonly messageBytesMax: number
  /** For each message of a trace. */
  readonly timeoutMs: number
  /** Most ids that the remote is asked for at a time. */
  readonly depthMax: number
  /** What the remote sent are no spans; answers go on without them. */
  readonly onDamaged: (error: GatewayError) => void
}

/** What jaeger.storage.v2 cannot carry. */
const optOuts: readonly (readonly [Ability, string])[] = [
  ['tenants', 'a remote storage is that of one tenant'],
  ['arrival', 'no message has the time at which a span arrived'],
]

/** Traces of which is remembered that the remote lost parts. */
const lostMax = 1024
/** Longer than a search may take, so that the remote, which has such a limit too, can say so itself. */
const searchGraceMs = 1000
/** So far ahead of our clock a search without an end asks a Jaeger, which may go through all the time there is. */
const aheadMicros = 24 * 3600e6
/** Over a longer time durations are looked at here: Jaeger's storage in Cassandra asks for them hour by hour. */
const durationWindowMicros = 3 * 24 * 3600e6

/**
 * Keeps spans in another process by jaeger.storage.v2: a Jaeger's, or another spangate (docs/remote-storage.md).
 * What its searches cannot say is made up for with src/search on the traces that they find.
 */
export class RemoteStore implements SpanStore {
  readonly cannot: ReadonlyMap<Ability, string> = new Map(optOuts)
  readonly dependencies: DependencyStore
  readonly #options: RemoteStoreOptions
  readonly #turns = new Turns()
  /** None of them rejects. */
  readonly #writes = new Set<Promise<void>>()
  readonly #lost = new Map<string, SearchBound>()
  #closing: Promise<void> | undefined

  constructor(options: RemoteStoreOptions) {
    this.#options = options
    this.dependencies = {
      links: async (tenant, window, signal) => {
        this.#checkUsable(tenant, signal)
        const sums = new LinkSums()
        for (const link of await options.remote.dependencies(window, signal)) {
          sums.add({ ...link, callCount: Number(link.callCount) })
        }
        return sums.links()
      },
    }
  }

  async write(tenant: string, batch: SpanBatch, signal: AbortSignal): Promise<WriteResult> {
    this.#checkUsable(tenant, signal)
    const { remote, requestBytesMax } = this.#options
    const work = writeSpans(remote, batch, requestBytesMax, signal)
    const settled = work
      .then(() => {})
      .catch(() => {})
      .finally(() => this.#writes.delete(settled))
    this.#writes.add(settled)
    return work
  }

  async *trace(tenant: string, trace: TraceRef, signal: AbortSignal): AsyncGenerator<SpanBatch> {
    this.#checkUsable(tenant, signal)
    // It names no trace, which a remote may find wrong to ask for.
    if (isZeroId(trace.traceId)) return
    for await (const batch of eachOnce(this.#parts(trace, signal))) {
      yield batch
      this.#checkUsable(tenant, signal)
    }
  }

  async lostParts(tenant: string, traceId: Uint8Array): Promise<SearchBound | undefined> {
    this.#checkUsable(tenant)
    return this.#lost.get(hexOf(traceId))
  }

  async *find(tenant: string, query: SpanQuery, signal: AbortSignal): AsyncGenerator<Found> {
    const search = await this.#begin(tenant, query, signal)
    const check = (): void => this.#checkUsable(tenant, signal)
    const trace = (traceId: Uint8Array) => this.trace(tenant, { traceId }, signal)
    if (search.answer !== undefined) {
      const read = (traceIds: readonly Uint8Array[]) => this.#read(refsOf(traceIds), signal)
      const ids = await this.#options.remote.findIds(search.answer, search.waiting)
      yield* foundInOrder(ids, { ...search, read, trace, check })
      return
    }
    const held = new HeldTraces()
    const found = await this.#search(search, signal, {
      onPart: (part) => held.add(part),
      onTrace: (traceId, newestMatchMicros) => {
        if (newestMatchMicros === undefined) held.drop(traceId)
      },
    })
    yield* foundItems(found, (traceId) => held.spans(traceId, trace, check), check)
  }

  async *summaries(
    tenant: string,
    query: SpanQuery,
    signal: AbortSignal,
  ): AsyncGenerator<TraceSummary | SummariesEnd> {
    const search = await this.#begin(tenant, query, signal)
    const check = (): void => this.#checkUsable(tenant, signal)
    const { answer, waiting } = search
    if (answer !== undefined) {
      const { remote } = this.#options
      const find = (onEnd: (bound: SearchBound | undefined) => void) =>
        remote.findSummaries(answer, waiting, onEnd)
      yield* summariesInOrder(find, { ...search, check })
      return
    }
    const summaries = new NewestSummaries(query.limit)
    const { traces, bound } = await this.#search(search, signal, {
      onPart: (part) => summaries.add(part),
      onTrace: (traceId, newestMatchMicros) => summaries.end(traceId, newestMatchMicros),
    })
    for (const { traceId } of traces) {
      const summary = summaries.summary(traceId)
      if (summary !== undefined) yield summary
      check()
    }
    yield { kind: 'end', bound }
  }

  async services(tenant: string): Promise<readonly string[]> {
    this.#checkUsable(tenant)
    return [...new Set(await this.#options.remote.services({}))].sort()
  }

  async operations(tenant: string, service: string, kind?: number): Promise<readonly Operation[]> {
    this.#checkUsable(tenant)
    if (service === '') return []
    const told = await this.#options.remote.operations(service)
    const operations = told.map(({ name, spanKind }) => ({
      name,
      spanKind: Math.max(kindWords.indexOf(spanKind), 0),
    }))
    return operationsOfBoth(operations).filter(
      ({ spanKind }) => kind === undefined || spanKind === kind,
    )
  }

  async facts(): Promise<StoreFacts> {
    return { isElsewhere: true }
  }

  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #close(): Promise<void> {
    await Promise.all(this.#writes)
    this.#options.disconnect()
  }

  /** The spans of one trace as the remote gives them; what it says of them is remembered. */
  async *#parts(trace: TraceRef, signal: AbortSignal): AsyncGenerator<SpanBatch, void, void> {
    const wanted = hexOf(trace.traceId)
    const parts = this.#read([trace], signal, (bound) => {
      this.#lost.delete(wanted)
      if (bound === undefined) return
      const [oldest] = this.#lost.keys()
      if (this.#lost.size >= lostMax && oldest !== undefined) this.#lost.delete(oldest)
      this.#lost.set(wanted, bound)
    })
    for await (const { traceId, batch } of parts) if (traceId === wanted) yield batch
  }

  async *#read(
    traces: readonly TraceRef[],
    signal: AbortSignal,
    onEnd: (bound: SearchBound | undefined) => void = () => {},
    timeoutMs?: number,
  ): AsyncGenerator<TracePart, void, void> {
    const { remote, onDamaged } = this.#options
    const turn = this.#turns.begin(() => this.#checkUsable('', signal))
    for await (const message of remote.traces(traces, { signal, timeoutMs }, onEnd)) {
      yield* tracePartsOf(message, onDamaged)
      await turn.pause()
    }
  }

  /** Checks a query, and looks at what of it the remote can do. */
  async #begin(tenant: string, query: SpanQuery, signal: AbortSignal): Promise<BegunSearch> {
    this.#checkUsable(tenant, signal)
    const { remote, queryLimits, searchBounds, depthMax, abilities } = this.#options
    checkQuery(query, queryLimits ?? queryLimitDefaults)
    const waiting = { signal, timeoutMs: searchBounds.timeMaxMs + searchGraceMs }
    const meter = new SearchMeter(searchBounds)
    const able = await abilities()
    const { searches, isAnswer } = await planSearch(query.filter, able, () =>
      remote.services(waiting),
    )
    this.#checkUsable(tenant, signal)
    const isAsked = isAnswer && query.limit <= depthMax
    return {
      query,
      searches,
      waiting,
      meter,
      abilities: able,
      answer: isAsked ? asAnswer(query, searches) : undefined,
    }
  }

  #search(
    { query, searches, meter, abilities }: BegunSearch,
    signal: AbortSignal,
    hooks: Pick<RemoteSearch, 'onPart' | 'onTrace'>,
  ): Promise<FoundTraces> {
    const { remote, depthMax, timeoutMs, messageBytesMax } = this.#options
    const leftMs = (): number => Math.ceil(meter.leftMs()) + searchGraceMs
    // A remote that is away is found out earlier.
    const readMs = (): number | undefined => (leftMs() < timeoutMs ? leftMs() : undefined)
    const search: RemoteSearch = {
      ...hooks,
      messageBytesMax,
      meter,
      depthMax,
      isExact: abilities.isOrdered,
      ...(abilities.filter === undefined && { endMicros: Date.now() * 1000 + aheadMicros }),
      findIds: (predicates, { minMicros, maxMicros }, searchDepth) =>
        remote.findIds(
          {
            ...(maxMicros - minMicros > durationWindowMicros
              ? withoutDurations(predicates)
              : predicates),
            // There are storages that leave out what begins exactly then.
            startTimeMin: timestampOfMicros(Math.max(minMicros - 1, 0)),
            startTimeMax: timestampOfMicros(maxMicros),
            searchDepth,
          },
          { signal, timeoutMs: leftMs() },
        ),
      read: (traceIds) => this.#read(refsOf(traceIds), signal, () => {}, readMs()),
    }
    return searchRemote(search, searches, query)
  }

  #checkUsable(tenant: string, signal?: AbortSignal): void {
    checkOpen(this.#closing !== undefined, signal)
    checkOnlyTenant('a remote storage', tenant)
  }
}

/** A search, with what the remote can do of it. */
interface BegunSearch {
  readonly query: SpanQuery
  readonly searches: readonly Predicates[]
  readonly waiting: Waiting
  readonly meter: SearchMeter
  readonly abilities: SearchAbilities
  /** What the remote is asked where it answers as this store does. */
  readonly answer: TraceQueryParameters | undefined
}

/** Undefined for a window that is empty, which a remote may find wrong. */
function asAnswer(
  { minMicros, maxMicros, limit }: SpanQuery,
  [predicates]: readonly Predicates[],
): TraceQueryParameters | undefined {
  if (maxMicros !== undefined && maxMicros <= (minMicros ?? 0)) return undefined
  return {
    ...predicates,
    ...(minMicros !== undefined && { startTimeMin: timestampOfMicros(Math.max(minMicros, 0)) }),
    ...(maxMicros !== undefined && { startTimeMax: timestampOfMicros(maxMicros) }),
    searchDepth: limit,
  }
}

function refsOf(traceIds: readonly Uint8Array[]): readonly TraceRef[] {
  return traceIds.map((traceId) => ({ traceId }))
}
