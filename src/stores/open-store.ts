import { GatewayError } from '../errors/gateway-error.ts'
import type { SpanStore } from '../ports/span-store.ts'
import type { QueryLimits } from '../search/query-limits.ts'
import type { SearchBounds } from '../search/search-meter.ts'
import { searchBoundDefaults } from '../search/search-meter.ts'
import type { Metrics } from '../telemetry/metrics.ts'
import type { CassandraAddress } from './cassandra/cassandra-address.ts'
import {
  cassandraForm,
  cassandraScheme,
  parseCassandraAddress,
  withoutPassword,
} from './cassandra/cassandra-address.ts'
import type { TagLimits } from './cassandra/jaeger/tag-limits.ts'
import { MemoryStore } from './memory/memory-store.ts'
import type { RemoteAddress } from './remote/remote-address.ts'
import { isRemoteAddress, parseRemoteAddress, remoteForm } from './remote/remote-address.ts'
import type { StoreEvent } from './store-event.ts'

/** What every store is opened with. */
export interface OpenStoreOptions {
  /** `memory:`, `sqlite:PATH`, `cassandra://…` or `grpc://…`. */
  readonly address: string
  /** How long spans are kept after their arrival. */
  readonly retentionMs: number
  /** How long a clock that jumped forward must stay there before it is believed. */
  readonly clockGraceMs?: number
  /** Memory that `memory:` takes at most. */
  readonly memoryBytesMax: number
  /** Memory for archived traces of `memory:`, besides. */
  readonly memoryArchiveBytesMax?: number
  /** Most bytes of the files of `sqlite:` together. */
  readonly maxBytes?: number
  /** Most bytes of the archive of `sqlite:`, besides. */
  readonly archiveMaxBytes?: number
  /** Threads with which `sqlite:` reads. */
  readonly readers?: number
  /** Reads of `sqlite:` that may wait for a thread. */
  readonly waitingReadsMax?: number
  /** How `cassandra:` waits, and what it writes; its settings' defaults. */
  readonly cassandra?: CassandraSettings
  /** How `grpc:` waits and asks; its settings' defaults. */
  readonly remote?: RemoteLimits
  readonly searchBounds?: SearchBounds
  readonly queryLimits?: QueryLimits
  readonly metrics?: Pick<Metrics, 'add' | 'record'>
  /** Told of what no answer says: for the log and the counters. */
  readonly onEvent?: (event: StoreEvent | MemoryEvent) => void
}

/** The settings `store.cassandra.…`. */
export interface CassandraSettings extends CassandraTimes {
  /** Tenants whose spans layout native keeps for another time than `retentionMs`. */
  readonly tenantRetentionMs?: ReadonlyMap<string, number> | undefined
  /** Bytes of the rows that one request may become. */
  readonly requestBytesMax?: number
  /** Of Jaeger's tables. */
  readonly tagLimits?: TagLimits
}

/** Those that are times, ms. */
export interface CassandraTimes {
  readonly connectTimeoutMs: number
  readonly timeoutMs: number
  readonly speculativeAfterMs: number
}

/** The settings `store.remote.…`. */
export interface RemoteLimits {
  readonly connectTimeoutMs: number
  readonly timeoutMs: number
  readonly requestBytesMax: number
  readonly messageBytesMax: number
  readonly depthMax: number
}

/** Spans that `memory:` removed to stay within its bound. */
export interface MemoryEvent {
  readonly kind: 'evicted'
  readonly spanCount: number
}

/** A parsed address. */
export type StoreAddress =
  | { readonly kind: 'memory' }
  | { readonly kind: 'sqlite'; readonly path: string }
  | { readonly kind: 'cassandra'; readonly address: CassandraAddress }
  | { readonly kind: 'remote'; readonly address: RemoteAddress }

/** What an address may be, for messages. */
const supported = `must be "memory:", "sqlite:PATH", PATH being a directory, "${cassandraForm}", or "${remoteForm}"`

/**
 * Reads the address of a store. The path of `sqlite:` is taken as it is, relative or absolute; it is no
 * URL, so nothing in it is decoded.
 *
 * @throws GatewayError 'bad_settings' that says what is supported
 */
export function parseStoreAddress(address: string): StoreAddress {
  if (address === 'memory:') return { kind: 'memory' }
  if (address.startsWith('memory:')) throw refused(address, 'takes nothing after "memory:"')
  if (address.startsWith(cassandraScheme)) {
    return { kind: 'cassandra', address: parseCassandraAddress(address) }
  }
  if (isRemoteAddress(address)) return { kind: 'remote', address: parseRemoteAddress(address) }
  if (!address.startsWith('sqlite:')) throw refused(address, 'names no store that there is')
  const path = address.slice('sqlite:'.length)
  if (path === '') throw refused(address, 'names no directory')
  if (path.startsWith('//'))
    throw refused(address, 'is a URL; write the path right after "sqlite:"')
  if (path.includes('\0')) throw refused(address, 'has a zero byte in its path')
  return { kind: 'sqlite', path }
}

/**
 * Opens the store of an address. SQLite is loaded only for `sqlite:`, so that `memory:` works where
 * it cannot be, Cassandra's driver only for `cassandra:`, and a client of gRPC only for `grpc:`.
 *
 * @throws GatewayError 'bad_settings', or why the store cannot be used
 */
export async function openStore(options: OpenStoreOptions): Promise<SpanStore> {
  const address = parseStoreAddress(options.address)
  switch (address.kind) {
    case 'memory':
      return openMemory(options)
    case 'sqlite':
      return openSqlite(options, address.path)
    case 'cassandra':
      return openCassandra(options, address.address)
    case 'remote':
      return openRemote(options, address.address)
  }
}

function openMemory(options: OpenStoreOptions): SpanStore {
  const { retentionMs, clockGraceMs, memoryBytesMax, searchBounds, queryLimits, onEvent } = options
  const { memoryArchiveBytesMax: archiveBytesMax } = options
  return new MemoryStore({
    bytesMax: memoryBytesMax,
    retentionMs,
    searchBounds: searchBounds ?? searchBoundDefaults,
    ...(archiveBytesMax === undefined ? {} : { archiveBytesMax }),
    ...(clockGraceMs === undefined ? {} : { clockGraceMs }),
    ...(queryLimits === undefined ? {} : { queryLimits }),
    onExpiryPaused: (jumpMs) => {
      onEvent?.({ kind: 'expiry_paused', jumpMs })
    },
    onExpiryResumed: () => {
      onEvent?.({ kind: 'expiry_resumed' })
    },
    onRemoved: (reason, spanCount) => {
      onEvent?.({ kind: reason === 'eviction' ? 'evicted' : 'expired', spanCount })
    },
  })
}

async function openSqlite(options: OpenStoreOptions, path: string): Promise<SpanStore> {
  await loadSqlite(options.address)
  const { openSqliteStore } = await import('./sqlite/sqlite-store.ts')
  const {
    address: _address,
    memoryBytesMax: _bytes,
    memoryArchiveBytesMax: _archive,
    cassandra: _times,
    remote: _remote,
    metrics: _,
    ...rest
  } = options
  return openSqliteStore({ path, ...rest })
}

async function openCassandra(
  options: OpenStoreOptions,
  address: CassandraAddress,
): Promise<SpanStore> {
  const { openCassandraStore } = await import('./cassandra/open-cassandra-store.ts')
  const {
    memoryBytesMax: _bytes,
    memoryArchiveBytesMax: _memoryArchive,
    maxBytes: _max,
    archiveMaxBytes: _archive,
    readers: _readers,
    remote: _remote,
    cassandra,
    ...rest
  } = options
  return openCassandraStore({ ...rest, ...(cassandra ?? cassandraTimes), address })
}

async function openRemote(options: OpenStoreOptions, address: RemoteAddress): Promise<SpanStore> {
  const { openRemoteStore } = await import('./remote/open-remote-store.ts')
  const { searchBounds, queryLimits, metrics, onEvent, remote = remoteLimits } = options
  return openRemoteStore({
    address,
    ...remote,
    metrics,
    ...(searchBounds === undefined ? {} : { searchBounds }),
    ...(queryLimits === undefined ? {} : { queryLimits }),
    ...(onEvent === undefined ? {} : { onEvent }),
  })
}

/** As the settings say when nobody changed them. */
export const cassandraTimes: CassandraTimes = {
  connectTimeoutMs: 5000,
  timeoutMs: 5000,
  speculativeAfterMs: 0,
}

/** As the settings say when nobody changed them. */
export const remoteLimits: RemoteLimits = {
  connectTimeoutMs: 5000,
  timeoutMs: 10_000,
  requestBytesMax: 4 * 1024 * 1024,
  messageBytesMax: 64 * 1024 * 1024,
  depthMax: 10_000,
}

/**
 * Sees that SQLite is there: the package is optional, and its native part is loaded by the first database.
 *
 * @throws GatewayError 'store_unusable' that says what to do
 */
export async function loadSqlite(address: string): Promise<void> {
  try {
    const { default: Database } = await import('better-sqlite3')
    new Database(':memory:').close()
  } catch (cause) {
    const state = cause instanceof Error ? cause.message.split('\n', 1)[0] : String(cause)
    throw new GatewayError(
      'store_unusable',
      `Cannot open store "${address}": better-sqlite3 could not be loaded (${state}); ` +
        'install it again where there is a prebuilt binary or a C++ compiler, ' +
        'or keep spans in memory with --store memory:',
      { cause },
    )
  }
}

function refused(address: string, state: string): GatewayError {
  return new GatewayError(
    'bad_settings',
    `Cannot use store "${withoutPassword(address)}": it ${state}; ${supported}`,
  )
}
