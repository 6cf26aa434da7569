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
import { SearchMeter, searchBoundSettings } from '../../search/search-meter.ts'
import { checkOpen } from '../check-open.ts'
import type { FoundTraces } from '../found-traces.ts'
import { eachOnce, foundItems } from '../found-traces.ts'
import { LinkSums } from '../link-sums.ts'
import { checkOnlyTenant } from '../one-tenant.ts'
import { operationsOfBoth } from '../operation-order.ts'
import { Turns } from '../turns.ts'
import { foundInOrder, summariesInOrder } from './answer-in-order.ts'
import { HeldTraces } from './held-traces.ts'
import { withoutDurations } from './legacy-parameters.ts'
import type { MessagePlace } from './message-room.ts'
import { MessageRoom } from './message-room.ts'
import { NewestSummaries } from './newest-summaries.ts'
import type { Predicates, SearchAbilities } from './plan-search.ts'
import { planSearch } from './plan-search.ts'
import { isLate, lateAnswer } from './remote-failure.ts'
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
  readonly abilities: (waiting: Waiting) => Promise<SearchAbilities>
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
/** What all searches together may hold of messages that are read, in messages of the largest size. */
const messagesMax = 4
const timeSetting = searchBoundSettings.timeMaxMs
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
  readonly #room: MessageRoom
  /** None of them rejects. */
  readonly #writes = new Set<Promise<void>>()
  readonly #lost = new Map<string, SearchBound>()
  #closing: Promise<void> | undefined

  constructor(options: RemoteStoreOptions) {
    this.#options = options
    const { messageBytesMax } = options
    this.#room = new MessageRoom(messagesMax * messageBytesMax, messageBytesMax)
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

  find(tenant: string, query: SpanQuery, signal: AbortSignal): AsyncGenerator<Found> {
    const meter = new SearchMeter(this.#options.searchBounds)
    return untilLate(this.#find({ tenant, query, signal, meter }), meter)
  }

  summaries(
    tenant: string,
    query: SpanQuery,
    signal: AbortSignal,
  ): AsyncGenerator<TraceSummary | SummariesEnd> {
    const meter = new SearchMeter(this.#options.searchBounds)
    return untilLate(this.#summaries({ tenant, query, signal, meter }), meter)
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

  async *#find(asked: AskedSearch): AsyncGenerator<Found> {
    const { tenant, signal, meter } = asked
    const { answer, ...search } = await this.#begin(asked)
    const check = (): void => this.#checkUsable(tenant, signal)
    const trace = (traceId: Uint8Array) => this.trace(tenant, { traceId }, signal)
    if (answer !== undefined) {
      const read = (traces: readonly TraceRef[]) => this.#readFound(traces, asked)
      const found = await this.#options.remote.findIds(answer, untilOver(asked))
      yield* foundInOrder(found, { query: asked.query, meter, read, trace, check })
      return
    }
    const held = new HeldTraces()
    const found = await this.#search(asked, search, {
      onPart: (part) => held.add(part),
      onTrace: (traceId, newestMatchMicros) => {
        if (newestMatchMicros === undefined) held.drop(traceId)
      },
    })
    yield* foundItems(found, (traceId) => held.spans(traceId, trace, check), check)
  }

  async *#summaries(asked: AskedSearch): AsyncGenerator<TraceSummary | SummariesEnd> {
    const { tenant, query, signal, meter } = asked
    const { answer, ...search } = await this.#begin(asked)
    const check = (): void => this.#checkUsable(tenant, signal)
    if (answer !== undefined) {
      const { remote } = this.#options
      const find = (onEnd: (bound: SearchBound | undefined) => void) =>
        remote.findSummaries(answer, untilOver(asked), onEnd)
      yield* summariesInOrder(find, { meter, check })
      return
    }
    const summaries = new NewestSummaries(query.limit)
    const { traces, bound } = await this.#search(asked, search, {
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

  /** The spans of one trace as the remote gives them; what it says of them is remembered. */
  async *#parts(trace: TraceRef, signal: AbortSignal): AsyncGenerator<SpanBatch, void, void> {
    const wanted = hexOf(trace.traceId)
    const parts = this.#read([trace], { signal }, (bound) => {
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
    waiting: Waiting & { readonly signal: AbortSignal },
    onEnd: (bound: SearchBound | undefined) => void = () => {},
  ): AsyncGenerator<TracePart, void, void> {
    const { remote, onDamaged } = this.#options
    const turn = this.#turns.begin(() => this.#checkUsable('', waiting.signal))
    for await (const message of remote.traces(traces, waiting, onEnd)) {
      yield* tracePartsOf(message, onDamaged)
      await turn.pause()
    }
  }

  /** Traces that a search found, for itself: it reads them as fast as they come. */
  #readFound(traces: readonly TraceRef[], asked: AskedSearch): AsyncIterable<TracePart> {
    const { signal, timeoutMs } = untilOver(asked)
    const takeRoom = (): Promise<MessagePlace> => {
      const wait = untilOver(asked)
      const late = (): GatewayError => lateAnswer('Cannot read traces', wait.timeoutMs, timeSetting)
      return this.#room.take({ ...wait, late })
    }
    // A remote that is away is found out earlier.
    const own = timeoutMs < this.#options.timeoutMs ? { timeoutMs } : {}
    return this.#read(traces, { signal, takeRoom, ...own })
  }

  /** Checks a query, and looks at what of it the remote can do. */
  async #begin(asked: AskedSearch): Promise<BegunSearch> {
    const { tenant, query, signal } = asked
    this.#checkUsable(tenant, signal)
    const { remote, queryLimits, depthMax } = this.#options
    checkQuery(query, queryLimits ?? queryLimitDefaults)
    const abilities = await this.#options.abilities(untilOver(asked))
    const { searches, isAnswer } = await planSearch(query.filter, abilities, () =>
      remote.services(untilOver(asked)),
    )
    this.#checkUsable(tenant, signal)
    const isAsked = isAnswer && query.limit <= depthMax
    return { searches, abilities, answer: isAsked ? asAnswer(query, searches) : undefined }
  }

  #search(
    asked: AskedSearch,
    { searches, abilities }: Pick<BegunSearch, 'searches' | 'abilities'>,
    hooks: Pick<RemoteSearch, 'onPart' | 'onTrace'>,
  ): Promise<FoundTraces> {
    const { remote, depthMax, messageBytesMax } = this.#options
    const search: RemoteSearch = {
      ...hooks,
      messageBytesMax,
      meter: asked.meter,
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
          untilOver(asked),
        ),
      read: (traces) => this.#readFound(traces, asked),
    }
    return searchRemote(search, searches, asked.query)
  }

  #checkUsable(tenant: string, signal?: AbortSignal): void {
    checkOpen(this.#closing !== undefined, signal)
    checkOnlyTenant('a remote storage', tenant)
  }
}

/** A search as it was asked for. */
interface AskedSearch {
  readonly tenant: string
  readonly query: SpanQuery
  readonly signal: AbortSignal
  readonly meter: SearchMeter
}

/** What the remote can do of a search. */
interface BegunSearch {
  readonly searches: readonly Predicates[]
  readonly abilities: SearchAbilities
  /** What the remote is asked where it answers as this store does. */
  readonly answer: TraceQueryParameters | undefined
}

/** What is left of a search's time, and a little more. */
function untilOver({ signal, meter }: AskedSearch) {
  return { signal, timeoutMs: Math.ceil(meter.leftMs()) + searchGraceMs }
}

/** The same items; a remote that did not answer in the time of the search ends them as that bound does. */
async function* untilLate<Item>(
  items: AsyncIterable<Item>,
  meter: SearchMeter,
): AsyncGenerator<Item | SummariesEnd, void, void> {
  try {
    yield* items
  } catch (error) {
    const bound = isLate(error) ? meter.hit() : undefined
    if (bound === undefined) throw error
    yield { kind: 'end', bound }
  }
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
