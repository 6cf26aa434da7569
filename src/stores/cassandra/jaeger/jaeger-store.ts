import type { SpanBatch } from '../../../../bridge/model/span-batch.ts'
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
import type { Metrics } from '../../../telemetry/metrics.ts'
import { checkOpen } from '../../check-open.ts'
import type { FoundTraces } from '../../found-traces.ts'
import { eachOnce, foundItems, summaryItems } from '../../found-traces.ts'
import { checkOnlyTenant } from '../../one-tenant.ts'
import { Turns } from '../../turns.ts'
import { untilAborted } from '../../until-aborted.ts'
import type { ClusterSession } from '../cluster-session.ts'
import { requestBytesMaxDefault } from '../request-size.ts'
import { JaegerArchive } from './jaeger-archive.ts'
import { JaegerDependencies } from './jaeger-dependencies.ts'
import { readOperations, readServices } from './read-names.ts'
import { readTraceRows } from './read-trace.ts'
import { searchTraces } from './search-traces.ts'
import { SpanWriter } from './span-writer.ts'
import type { TableFacts } from './table-facts.ts'
import type { TagLimits } from './tag-limits.ts'
import { tagLimitDefaults } from './tag-limits.ts'

/** What a store over Jaeger's tables has to be told. */
export interface JaegerStoreOptions {
  /** In the keyspace; closed with the store. */
  readonly session: ClusterSession
  readonly facts: TableFacts
  /** In the keyspace where traces are archived; closed with the store. Undefined: there is none. */
  readonly archiveSession?: ClusterSession | undefined
  readonly searchBounds: SearchBounds
  readonly queryLimits?: QueryLimits
  readonly tagLimits?: TagLimits | undefined
  /** Bytes of the rows that one request may become. */
  readonly requestBytesMax?: number | undefined
  readonly metrics?: Pick<Metrics, 'add'> | undefined
  /** What is known of the tables. */
  readonly about?: () => StoreFacts
  /** Rows could not be read; answers go on without them. */
  readonly onDamaged: (error: GatewayError) => void
}

/** What Jaeger's tables cannot hold. */
const optOuts: readonly (readonly [Ability, string])[] = [
  ['tenants', 'a keyspace of Jaeger is that of one tenant'],
  ['nanoseconds', 'times are whole microseconds'],
  [
    'every_field',
    'no place for schema URLs, attributes of scopes and links, trace states of links, dropped counts and unknown ' +
      'fields; lists, maps and empty values are texts; binary values are in no index',
  ],
  ['arrival', 'no place for the time at which a span arrived'],
  ['long_values', 'services and names of spans over 30,000 bytes are in no index'],
]

/**
 * Keeps spans in the tables of Jaeger, which may read and write them at the same time (docs/cassandra.md).
 * Rows expire as the tables say.
 */
export class JaegerStore implements SpanStore {
  readonly cannot: ReadonlyMap<Ability, string> = new Map(optOuts)
  readonly dependencies: JaegerDependencies
  readonly archive: ArchiveStore | undefined
  readonly #options: JaegerStoreOptions
  readonly #writer: SpanWriter
  readonly #turns = new Turns()
  /** None of them rejects. */
  readonly #writes = new Set<Promise<unknown>>()
  #closing: Promise<void> | undefined

  constructor(options: JaegerStoreOptions) {
    const { session, facts, metrics } = options
    this.#options = options
    this.#writer = new SpanWriter({
      session,
      facts,
      tagLimits: options.tagLimits ?? tagLimitDefaults,
      requestBytesMax: options.requestBytesMax ?? requestBytesMaxDefault,
      metrics,
    })
    this.dependencies = new JaegerDependencies(session, facts)
    this.archive = this.#archiveOf(options)
  }

  async write(tenant: string, batch: SpanBatch, signal: AbortSignal): Promise<WriteResult> {
    this.#checkUsable(tenant, signal)
    const work = this.#writer.write(batch, signal)
    const settled = work.catch(() => {}).finally(() => this.#writes.delete(settled))
    this.#writes.add(settled)
    return { rejected: await untilAborted(work, signal) }
  }

  async *trace(
    tenant: string,
    { traceId }: TraceRef,
    signal: AbortSignal,
  ): AsyncGenerator<SpanBatch> {
    this.#checkUsable(tenant, signal)
    for await (const batch of eachOnce(this.#rows(traceId, signal))) {
      yield batch
      this.#checkUsable(tenant, signal)
    }
  }

  async lostParts(tenant: string): Promise<SearchBound | undefined> {
    this.#checkUsable(tenant)
    return undefined
  }

  async *find(tenant: string, query: SpanQuery, signal: AbortSignal): AsyncGenerator<Found> {
    const found = await this.#search(tenant, query, signal)
    const read = (traceId: Uint8Array) => this.trace(tenant, { traceId }, signal)
    yield* foundItems(found, read, () => this.#checkUsable(tenant, signal))
  }

  async *summaries(
    tenant: string,
    query: SpanQuery,
    signal: AbortSignal,
  ): AsyncGenerator<TraceSummary | SummariesEnd> {
    const found = await this.#search(tenant, query, signal)
    const meter = new SearchMeter(this.#options.searchBounds)
    const turn = this.#turns.begin(() => this.#checkUsable('', signal))
    const read = (traceId: Uint8Array) => this.#rows(traceId, signal)
    yield* summaryItems(found, read, meter, () => turn.pause())
  }

  services(tenant: string): Promise<readonly string[]> {
    return this.#reading(tenant, readServices)
  }

  operations(tenant: string, service: string, kind?: number): Promise<readonly Operation[]> {
    return this.#reading(tenant, async (session, facts) => {
      const operations = await readOperations(session, facts, service)
      return operations.filter(({ spanKind }) => kind === undefined || spanKind === kind)
    })
  }

  async facts(): Promise<StoreFacts> {
    this.#checkUsable('')
    return this.#options.about?.() ?? {}
  }

  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #close(): Promise<void> {
    const { session, archiveSession } = this.#options
    await Promise.all(this.#writes)
    await closeAll([{ session: () => session.close(), archive: () => archiveSession?.close() }])
  }

  #archiveOf({ archiveSession, onDamaged }: JaegerStoreOptions): ArchiveStore | undefined {
    if (archiveSession === undefined) return undefined
    return new JaegerArchive({
      session: archiveSession,
      check: (tenant, signal) => this.#checkUsable(tenant, signal),
      onDamaged,
    })
  }

  async #reading<Result>(
    tenant: string,
    read: (session: ClusterSession, facts: TableFacts) => Promise<Result>,
  ): Promise<Result> {
    this.#checkUsable(tenant)
    return read(this.#options.session, this.#options.facts)
  }

  #rows(traceId: Uint8Array, signal: AbortSignal): AsyncIterable<SpanBatch> {
    const { session, onDamaged } = this.#options
    const wait = <Result>(work: Promise<Result>): Promise<Result> => untilAborted(work, signal)
    return readTraceRows({ session, wait, onDamaged }, traceId)
  }

  #search(tenant: string, query: SpanQuery, signal: AbortSignal): Promise<FoundTraces> {
    this.#checkUsable(tenant, signal)
    const { session, queryLimits, searchBounds } = this.#options
    checkQuery(query, queryLimits ?? queryLimitDefaults)
    const turn = this.#turns.begin(() => this.#checkUsable('', signal))
    const wait = async <Result>(work: Promise<Result>): Promise<Result> => {
      const result = await untilAborted(work, signal)
      await turn.pause()
      return result
    }
    const services = (): Promise<readonly string[]> => readServices(session)
    const rows = (traceId: Uint8Array): AsyncIterable<SpanBatch> => this.#rows(traceId, signal)
    const meter = new SearchMeter(searchBounds)
    return searchTraces({ session, wait, services, rows, meter }, query)
  }

  #checkUsable(tenant: string, signal?: AbortSignal): void {
    checkOpen(this.#closing !== undefined, signal)
    checkOnlyTenant('a keyspace of Jaeger', tenant)
  }
}
