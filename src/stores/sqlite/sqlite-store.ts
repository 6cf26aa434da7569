import { resolve } from 'node:path'
import type { SpanBatch } from '../../../bridge/model/span-batch.ts'
import { spanCount } from '../../../bridge/model/span-batch.ts'
import { closeAfter, closeAll } from '../../errors/close-all.ts'
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
import { searchBoundDefaults } from '../../search/search-meter.ts'
import { RowArchive } from '../archive/row-archive.ts'
import { cancelledBy } from '../cancelled.ts'
import { checkOpen } from '../check-open.ts'
import type { StoreClock } from '../expiry-clock.ts'
import { ExpiryClock, systemClock } from '../expiry-clock.ts'
import type { StoreEvent } from '../store-event.ts'
import { believedArrivalUnixMs } from './believed-arrival.ts'
import { DirectoryFacts } from './directory-facts.ts'
import type { DirectoryLock } from './directory-lock.ts'
import { lockDirectory } from './directory-lock.ts'
import { FileKeeper } from './file-keeper.ts'
import { FoundParts } from './found-parts.ts'
import { LostTraces } from './lost-traces.ts'
import type { BlockLimits } from './pending-spans.ts'
import { blockLimitDefaults } from './pending-spans.ts'
import type { PreparedDirectory } from './prepare-directory.ts'
import { prepareDirectory } from './prepare-directory.ts'
import { ReaderPool } from './reader-pool.ts'
import { SqliteArchive } from './sqlite-archive.ts'
import type { StoreFile } from './store-files.ts'
import { hourOf, listFiles } from './store-files.ts'
import type { FileContents, FoundTrace, ReadOperation, TracePart } from './thread-messages.ts'
import { WriteQueue } from './write-queue.ts'

/** What a store in SQLite files has to be told; what is left out has the settings' defaults. */
export interface SqliteStoreOptions {
  /** The directory; made where it is missing. */
  readonly path: string
  /** How long spans are kept after their arrival. */
  readonly retentionMs: number
  /** How long a clock that jumped forward must stay there before it is believed. */
  readonly clockGraceMs?: number
  /** Threads that read. */
  readonly readers?: number
  /** Reads that may wait for such a thread; one more is refused. */
  readonly waitingReadsMax?: number
  readonly searchBounds?: SearchBounds
  readonly queryLimits?: QueryLimits
  /** How long the first request of a commit waits for others. */
  readonly groupWaitMs?: number
  /** Spans that make a commit large enough to wait no longer. */
  readonly groupSpansMax?: number
  /** Most bytes of all files together; beyond it the oldest hours are removed. */
  readonly maxBytes?: number
  /** Most bytes of the archive's file, besides. */
  readonly archiveMaxBytes?: number
  /** A file of this size is followed by another one of the same hour. */
  readonly fileBytesMax?: number
  /** When spans are put into a block. */
  readonly blockLimits?: BlockLimits
  /** Between two looks for files that are expired or too many. */
  readonly expiryIntervalMs?: number
  /** How long reads under way may take to finish when the store closes. */
  readonly closeGraceMs?: number
  readonly clock?: StoreClock
  /** Told of what no answer says: for the log and the counters. */
  readonly onEvent?: (event: StoreEvent) => void
}

const defaults = {
  clockGraceMs: 24 * 3_600_000,
  readers: 2,
  waitingReadsMax: 1024,
  searchBounds: searchBoundDefaults,
  queryLimits: queryLimitDefaults,
  groupWaitMs: 3,
  groupSpansMax: 4000,
  maxBytes: 10 * 1024 ** 3,
  archiveMaxBytes: 1024 ** 3,
  fileBytesMax: 1024 ** 3,
  blockLimits: blockLimitDefaults,
  expiryIntervalMs: 5000,
  closeGraceMs: 2000,
  clock: systemClock,
  onEvent: (_event: StoreEvent): void => {},
}

/** The setting of the bound. */
const bytesSetting = 'store.sqlite.max-bytes'
/** Traces of removed files that are remembered: 8 bytes each. */
const lostTracesMax = 1_000_000

type Filled = Required<SqliteStoreOptions>

/**
 * Opens, or makes, a store in a directory. Resolves when it can write and read.
 *
 * Files that are damaged are set aside and told of as events; everything else is used.
 *
 * @throws GatewayError 'store_unusable' when the directory is in use or holds files of others or of
 *   a newer version; nothing there is changed then
 */
export async function openSqliteStore(options: SqliteStoreOptions): Promise<SpanStore> {
  const filled: Filled = { ...defaults, ...options, path: resolve(options.path) }
  const lock = lockDirectory(filled.path)
  let store: SqliteStore | undefined
  try {
    const prepared = prepareDirectory(filled.path)
    for (const damaged of prepared.damaged) filled.onEvent({ kind: 'file_damaged', ...damaged })
    store = new SqliteStore(filled, lock, prepared)
    await store.start()
    return store
  } catch (error) {
    return closeAfter(error, () =>
      closeAll([{ store: () => store?.close() }, { lock: () => lock.release() }]),
    )
  }
}

function believedArrival(
  { path, clockGraceMs: graceMs }: Filled,
  newestUnixMs: number | undefined,
): number | undefined {
  if (newestUnixMs === undefined) return undefined
  const hours = listFiles(path).map(({ hour }) => hour)
  return believedArrivalUnixMs({ hours, newestUnixMs, graceMs })
}

/** Keeps spans in SQLite files: one thread writes, several read (docs/storage.md). */
class SqliteStore implements SpanStore {
  readonly cannot: ReadonlyMap<Ability, string> = new Map()
  readonly archive: ArchiveStore
  readonly #archived: SqliteArchive
  readonly #options: Filled
  readonly #lock: DirectoryLock
  readonly #writes: WriteQueue
  readonly #reads: ReaderPool
  readonly #keeper: FileKeeper
  readonly #lost: LostTraces
  readonly #directory: DirectoryFacts
  readonly #expiry: ExpiryClock
  #expiryTimer: NodeJS.Timeout | undefined
  #tidying = false
  /** The hour whose file was written to last. */
  #writtenHour: number | undefined
  #closed: Promise<void> | undefined

  constructor(options: Filled, lock: DirectoryLock, prepared: PreparedDirectory) {
    const { path: directory, retentionMs, readers, waitingReadsMax, onEvent } = options
    this.#options = options
    this.#lock = lock
    const { groupWaitMs, groupSpansMax, blockLimits, fileBytesMax, maxBytes } = options
    const { unfinished, hasOldFile, newestArrivalUnixMs } = prepared
    this.#writes = new WriteQueue(
      {
        directory,
        retentionMs,
        groupWaitMs,
        groupSpansMax,
        blockLimits,
        fileBytesMax,
        unfinished,
        hasOldFile,
      },
      onEvent,
    )
    this.#reads = new ReaderPool({ directory, readers, waitingMax: waitingReadsMax }, onEvent)
    const { archiveMaxBytes: bytesMax } = options
    this.#archived = new SqliteArchive({ directory, bytesMax }, onEvent)
    this.archive = new RowArchive(this.#archived)
    this.#lost = new LostTraces(directory, lostTracesMax)
    this.#directory = new DirectoryFacts({
      directory,
      retentionMs,
      bytesMax: maxBytes,
      archiveBytesMax: bytesMax,
      look: (file) => this.#contentsOf(file),
    })
    this.#keeper = new FileKeeper({
      directory,
      bytesMax: maxBytes,
      count: (name) => this.#countSpans(name),
      onEvicting: (file) => this.#noteLost(file),
      release: (name) => this.#writes.release([name]),
      refresh: () => this.#reads.refresh(),
      onEvent,
    })
    this.#expiry = new ExpiryClock({
      clock: options.clock,
      retentionMs,
      graceMs: options.clockGraceMs,
      newestArrivalUnixMs: believedArrival(options, newestArrivalUnixMs),
      onPaused: (jumpMs) => onEvent({ kind: 'expiry_paused', jumpMs }),
      onResumed: () => onEvent({ kind: 'expiry_resumed' }),
    })
  }

  async start(): Promise<void> {
    await Promise.all([this.#writes.start(), this.#reads.start()])
    const tidy = (): void => void this.#tidy()
    this.#expiryTimer = setInterval(tidy, this.#options.expiryIntervalMs)
    this.#expiryTimer.unref()
    tidy()
  }

  async write(tenant: string, batch: SpanBatch, signal: AbortSignal): Promise<WriteResult> {
    this.#checkUsable(signal)
    if (spanCount(batch) === 0) return { rejected: [] }
    this.#writtenHour = hourOf(batch.arrivalUnixMs)
    await this.#writes.write(tenant, batch, signal)
    return { rejected: [] }
  }

  async *trace(tenant: string, trace: TraceRef, signal: AbortSignal): AsyncGenerator<SpanBatch> {
    for await (const { part } of this.#traces(tenant, [trace.traceId], signal)) yield part
  }

  async lostParts(tenant: string, traceId: Uint8Array): Promise<SearchBound | undefined> {
    this.#checkUsable(undefined)
    if (!this.#lost.has(tenant, traceId)) return undefined
    for await (const _part of this.#traces(tenant, [traceId], undefined)) {
      return { setting: bytesSetting, limit: this.#options.maxBytes }
    }
    return undefined
  }

  async *find(tenant: string, query: SpanQuery, signal: AbortSignal): AsyncGenerator<Found> {
    // All are known when the first one is.
    const items = await collect(
      this.#search<FoundTrace | SummariesEnd>('find', tenant, query, signal),
    )
    const traces = items.filter((item) => item.kind === 'trace')
    const traceIds = traces.map(({ traceId }) => traceId)
    const found = new FoundParts(traceIds, (ids) => this.#traces(tenant, ids, signal))
    try {
      for (const [index, { traceId, ...trace }] of traces.entries()) {
        if (signal.aborted) throw cancelledBy(signal)
        yield { ...trace, traceId: Uint8Array.from(traceId), parts: () => found.of(index) }
      }
      if (signal.aborted) throw cancelledBy(signal)
      for (const item of items) if (item.kind === 'end') yield item
    } finally {
      await found.close()
    }
  }

  summaries(
    tenant: string,
    query: SpanQuery,
    signal: AbortSignal,
  ): AsyncGenerator<TraceSummary | SummariesEnd> {
    return this.#search<TraceSummary | SummariesEnd>('summaries', tenant, query, signal)
  }

  async services(tenant: string): Promise<readonly string[]> {
    return collect(this.#read<string>(tenant, { op: 'services' }, undefined))
  }

  async operations(tenant: string, service: string, kind?: number): Promise<readonly Operation[]> {
    const job: ReadOperation = { op: 'operations', service, spanKind: kind }
    return collect(this.#read<Operation>(tenant, job, undefined))
  }

  async facts(): Promise<StoreFacts> {
    this.#checkUsable(undefined)
    const { arrivals, files } = await this.#directory.look(this.#expiry.keptSinceUnixMs())
    const { waitingReadsMax } = this.#options
    const waitingReads = this.#reads.waiting
    return { ...arrivals, details: { kind: 'sqlite', ...files, waitingReads, waitingReadsMax } }
  }

  close(): Promise<void> {
    this.#closed ??= this.#close()
    return this.#closed
  }

  async #close(): Promise<void> {
    clearInterval(this.#expiryTimer)
    const until = performance.now() + this.#options.closeGraceMs
    while (this.#reads.awaited > 0 && performance.now() < until) await pause(5)
    await closeAll([
      { reads: () => this.#reads.close(), archive: () => this.#archived.close() },
      // After them, so that its checkpoint finds no reader in the way.
      { writes: () => this.#writes.close() },
      { lock: () => this.#lock.release() },
    ])
  }

  async *#search<Item>(
    op: 'find' | 'summaries',
    tenant: string,
    query: SpanQuery,
    signal: AbortSignal,
  ): AsyncGenerator<Item> {
    this.#checkUsable(signal)
    checkQuery(query, this.#options.queryLimits)
    const job: ReadOperation = { op, query, bounds: this.#options.searchBounds }
    yield* this.#read<Item>(tenant, job, signal)
  }

  #traces(
    tenant: string,
    traceIds: readonly Uint8Array[],
    signal: AbortSignal | undefined,
  ): AsyncGenerator<TracePart> {
    return this.#read<TracePart>(tenant, { op: 'traces', traceIds }, signal)
  }

  /** The thread gives what the operation says, so that only here a type is taken on trust. */
  async *#read<Item>(
    tenant: string,
    operation: ReadOperation,
    signal: AbortSignal | undefined,
  ): AsyncGenerator<Item> {
    this.#checkUsable(signal)
    const job = { ...operation, tenant, keptSinceUnixMs: this.#expiry.keptSinceUnixMs() }
    for await (const item of this.#reads.stream(job, signal)) yield item as Item
  }

  /** As `#read`, for `#tidy` and `facts`. */
  async *#upkeep<Item>(operation: ReadOperation): AsyncGenerator<Item> {
    const job = { ...operation, tenant: '', keptSinceUnixMs: 0 }
    for await (const item of this.#reads.streamAtOnce(job)) yield item as Item
  }

  async #tidy(): Promise<void> {
    if (this.#tidying) return
    this.#tidying = true
    try {
      const keptSinceUnixMs = this.#expiry.keptSinceUnixMs()
      await this.#keeper.tidy(keptSinceUnixMs, this.#writtenHour)
      await this.#lost.expire(keptSinceUnixMs)
    } catch (error) {
      // Tried again at the next look; a closed or stopped thread is told of elsewhere.
      if (this.#closed === undefined && error instanceof Error) {
        this.#options.onEvent({ kind: 'expiry_failed', error })
      }
    } finally {
      this.#tidying = false
    }
  }

  async #countSpans(file: string): Promise<number> {
    const [spans = 0] = await collect(this.#upkeep<number>({ op: 'count', file }))
    return spans
  }

  async #contentsOf(file: string): Promise<FileContents | undefined> {
    const [contents] = await collect(this.#upkeep<FileContents>({ op: 'contents', file }))
    return contents
  }

  /** A file that cannot be read goes all the same. */
  async #noteLost(file: StoreFile): Promise<void> {
    const job: ReadOperation = { op: 'traceKeys', file: file.name, keysMax: lostTracesMax }
    const [keys] = await collect(this.#upkeep<Float64Array>(job)).catch(() => [])
    if (keys !== undefined) await this.#lost.add(file, keys)
  }

  #checkUsable(signal: AbortSignal | undefined): void {
    checkOpen(this.#closed !== undefined, signal)
  }
}

async function collect<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const all: Item[] = []
  for await (const item of items) all.push(item)
  return all
}

function pause(ms: number): Promise<void> {
  return new Promise((done) => {
    setTimeout(done, ms)
  })
}
