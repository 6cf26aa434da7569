import type { SpanStore } from '../../ports/span-store.ts'
import type { QueryLimits } from '../../search/query-limits.ts'
import type { SearchBounds } from '../../search/search-meter.ts'
import { searchBoundDefaults } from '../../search/search-meter.ts'
import type { Metrics } from '../../telemetry/metrics.ts'
import { ExpiryClock, systemClock } from '../expiry-clock.ts'
import type { StoreEvent } from '../sqlite/store-event.ts'
import type { CassandraAddress } from './cassandra-address.ts'
import { ClusterSession } from './cluster-session.ts'
import { NativeStore } from './native/native-store.ts'
import { readSchemaState, requireCurrent } from './schema/ledger.ts'
import { migrate } from './schema/migrate.ts'

/** What a Cassandra store is opened with. */
export interface CassandraStoreOptions {
  readonly address: CassandraAddress
  readonly retentionMs: number
  readonly clockGraceMs?: number
  readonly connectTimeoutMs: number
  readonly timeoutMs: number
  readonly speculativeAfterMs: number
  readonly searchBounds?: SearchBounds
  readonly queryLimits?: QueryLimits
  readonly metrics?: Pick<Metrics, 'add' | 'record'> | undefined
  readonly onEvent?: (event: StoreEvent) => void
}

const clockGraceDefaultMs = 24 * 3_600_000

/**
 * Opens the store of an address: looks at the schema first, and migrates it where the address says so.
 *
 * @throws GatewayError 'store_unavailable' when no node answers,
 *   'store_unusable' for a schema that is not what this program needs
 */
export async function openCassandraStore(options: CassandraStoreOptions): Promise<SpanStore> {
  const { address, retentionMs, clockGraceMs, queryLimits, onEvent } = options
  const { keyspace } = address
  const sessionOptions = {
    ...options,
    onNode: (node: string, isUp: boolean) =>
      onEvent?.({ kind: isUp ? 'node_up' : 'node_down', node }),
  }
  const first = await ClusterSession.connect(sessionOptions, undefined)
  try {
    if (address.migrate === 'auto') await migrate(first, { address })
    requireCurrent(await readSchemaState(first, keyspace), keyspace)
  } finally {
    await first.close()
  }
  return new NativeStore({
    session: await ClusterSession.connect(sessionOptions, keyspace),
    retentionMs,
    expiry: new ExpiryClock({
      clock: systemClock,
      retentionMs,
      graceMs: clockGraceMs ?? clockGraceDefaultMs,
      onPaused: (jumpMs) => onEvent?.({ kind: 'expiry_paused', jumpMs }),
      onResumed: () => onEvent?.({ kind: 'expiry_resumed' }),
    }),
    searchBounds: options.searchBounds ?? searchBoundDefaults,
    ...(queryLimits === undefined ? {} : { queryLimits }),
    onDamaged: (error) => onEvent?.({ kind: 'damaged', error }),
    onCommitFailed: (error, requestCount) => {
      onEvent?.({ kind: 'commit_failed', error, requestCount })
    },
  })
}
