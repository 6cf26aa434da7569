import { closeAfter } from '../../errors/close-all.ts'
import { GatewayError } from '../../errors/gateway-error.ts'
import type { SpanStore } from '../../ports/span-store.ts'
import type { CutoverFacts } from '../../ports/store-facts.ts'
import type { QueryLimits } from '../../search/query-limits.ts'
import type { SearchBounds } from '../../search/search-meter.ts'
import { searchBoundDefaults } from '../../search/search-meter.ts'
import type { Metrics } from '../../telemetry/metrics.ts'
import { CompositeStore } from '../composite-store.ts'
import { ExpiryClock, systemClock } from '../expiry-clock.ts'
import type { StoreEvent } from '../store-event.ts'
import type { CassandraAddress } from './cassandra-address.ts'
import { archiveIsJaegers } from './cassandra-address.ts'
import { clusterFacts } from './cluster-facts.ts'
import { ClusterSession } from './cluster-session.ts'
import { JaegerStore } from './jaeger/jaeger-store.ts'
import type { TableFacts } from './jaeger/table-facts.ts'
import { requireTableFacts } from './jaeger/table-facts.ts'
import type { TagLimits } from './jaeger/tag-limits.ts'
import { NativeStore } from './native/native-store.ts'
import type { Retentions } from './native/retentions.ts'
import { longestRetention } from './native/retentions.ts'
import { ThreadedWriter } from './native/threaded-writer.ts'
import { requestBytesMaxDefault } from './request-size.ts'
import type { Cutover } from './schema/cutover.ts'
import { readCutover, readUntilMs } from './schema/cutover.ts'
import { layoutOf, makeJaegerTables } from './schema/jaeger-schema.ts'
import { readSchemaState, requireCurrent } from './schema/ledger.ts'
import { migrate, requireTables } from './schema/migrate.ts'
import { nativeMigrations } from './schema/migration-files.ts'
import { withSession } from './with-session.ts'

/** What a Cassandra store is opened with. */
export interface CassandraStoreOptions {
  readonly address: CassandraAddress
  readonly retentionMs: number
  /** Tenants whose spans layout native keeps for another time. */
  readonly tenantRetentionMs?: ReadonlyMap<string, number> | undefined
  readonly clockGraceMs?: number
  readonly connectTimeoutMs: number
  readonly timeoutMs: number
  readonly speculativeAfterMs: number
  readonly searchBounds?: SearchBounds
  readonly queryLimits?: QueryLimits
  /** Bytes of the rows that one request may become. */
  readonly requestBytesMax?: number
  /** Of Jaeger's tables. */
  readonly tagLimits?: TagLimits
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
  const { onEvent } = options
  const sessionOptions = {
    ...options,
    onNode: (node: string, isUp: boolean) =>
      onEvent?.({ kind: isUp ? 'node_up' : 'node_down', node }),
  }
  const open = await withSession(sessionOptions, (session) =>
    lookAtSchema(options, session, (keyspace) => ClusterSession.connect(sessionOptions, keyspace)),
  )
  return open()
}

type Connect = (keyspace: string) => Promise<ClusterSession>

/** @returns what opens the store of the tables that are there */
async function lookAtSchema(
  options: CassandraStoreOptions,
  session: ClusterSession,
  connect: Connect,
): Promise<() => Promise<SpanStore>> {
  const { address } = options
  const { keyspace } = address
  const cutover = address.layout === undefined ? await readCutover(session, keyspace) : undefined
  if (cutover !== undefined) return lookAtBoth(options, cutover, session, connect)
  const layout = await layoutOf(session, address)
  if (layout === 'jaeger') {
    if (address.migrate === 'auto') await makeJaegerTables(session, { address })
    const facts = await requireTableFacts(session, keyspace)
    const archive = await archiveOf(address, session)
    return () => openJaeger(options, { keyspace, facts, archive }, connect)
  }
  if (address.archive !== undefined) {
    throw new GatewayError('bad_settings', `Cannot use store: ${archiveIsJaegers}`)
  }
  if (address.migrate === 'auto') await migrate(session, { address })
  requireCurrent(await readSchemaState(session, keyspace), keyspace)
  await requireTables(session, keyspace)
  return async () => openNative(options, await connect(keyspace))
}

/**
 * For a keyspace that was cut over, both stores, or the newer one once nothing is left in the other. Where
 * the other one has the archive it is always opened.
 */
async function lookAtBoth(
  options: CassandraStoreOptions,
  cutover: Cutover,
  session: ClusterSession,
  connect: Connect,
): Promise<() => Promise<SpanStore>> {
  const { address } = options
  const { keyspace, migrate: when } = address
  const { other, to } = cutover
  const isNative = other.tables === 'native'
  if (when === 'auto' && isNative) {
    await migrate(session, { address: { ...address, keyspace: other.keyspace }, isBeside: true })
  }
  if (isNative) {
    requireCurrent(await readSchemaState(session, other.keyspace, true), other.keyspace)
    await requireTables(session, other.keyspace)
  }
  const facts = await requireTableFacts(session, keyspace)
  const otherFacts = isNative ? undefined : await requireTableFacts(session, other.keyspace)
  const otherTtl = otherFacts?.traceTtlSeconds ?? longestRetention(retentionsOf(options)) / 1000
  const untilMs = readUntilMs(cutover, to === 'jaeger' ? otherTtl : facts.traceTtlSeconds)
  const isOver = untilMs !== undefined && untilMs <= Date.now()
  const moved: CutoverFacts = {
    newTables: to,
    oldKeyspace: to === 'jaeger' ? other.keyspace : keyspace,
    sinceUnixMs: cutover.sinceMs,
    readUntilUnixMs: untilMs,
  }
  const archive = await archiveOf(address, session)
  // Of two stores over Jaeger's tables one is enough to have their archive: the one that gets new spans.
  const isOthers = to !== 'jaeger' && !isNative
  const openOther = async (): Promise<SpanStore> => {
    if (otherFacts === undefined) return openNative(options, await connect(other.keyspace), moved)
    const tables = { keyspace: other.keyspace, facts: otherFacts, cutover: moved }
    return openJaeger(options, { ...tables, archive: isOthers ? archive : undefined }, connect)
  }
  const openFirst = async () => {
    const tables = { keyspace, facts, cutover: moved }
    return openJaeger(options, { ...tables, archive: isOthers ? undefined : archive }, connect)
  }
  const [openNewer, openOlder] = to === 'jaeger' ? [openFirst, openOther] : [openOther, openFirst]
  // What is archived never expires.
  const hasArchive = isNative && (to === 'jaeger' || archive !== undefined)
  if (isOver && !hasArchive) return openNewer
  const searchBounds = options.searchBounds ?? searchBoundDefaults
  return () => CompositeStore.open(openNewer, openOlder, searchBounds)
}

/** Looks whether the keyspace has the tables in which an address archives, or makes them where it says so. */
async function archiveOf(
  address: CassandraAddress,
  session: ClusterSession,
): Promise<string | undefined> {
  const { archive } = address
  if (archive === undefined) return undefined
  if (address.migrate === 'auto') {
    await makeJaegerTables(session, { address: { ...address, keyspace: archive } })
  }
  await requireTableFacts(session, archive)
  return archive
}

/** Where a store over Jaeger's tables has them. */
interface JaegerTables {
  readonly keyspace: string
  readonly facts: TableFacts
  /** Keyspace of the archive. */
  readonly archive: string | undefined
  readonly cutover?: CutoverFacts
}

async function openJaeger(
  options: CassandraStoreOptions,
  { keyspace, facts, archive, cutover }: JaegerTables,
  connect: Connect,
): Promise<SpanStore> {
  const { queryLimits, tagLimits, requestBytesMax, metrics, onEvent } = options
  const session = await connect(keyspace)
  let archiveSession: ClusterSession | undefined
  try {
    archiveSession = archive === undefined ? undefined : await connect(archive)
  } catch (error) {
    return closeAfter(error, () => session.close())
  }
  return new JaegerStore({
    session,
    facts,
    archiveSession,
    about: clusterFacts(session, {
      layout: 'jaeger',
      schemaVersion: facts.version,
      consistency: options.address.consistency,
      retentionMs: facts.traceTtlSeconds * 1000,
      cutover,
    }),
    searchBounds: options.searchBounds ?? searchBoundDefaults,
    ...(queryLimits === undefined ? {} : { queryLimits }),
    tagLimits,
    requestBytesMax,
    metrics,
    onDamaged: (error) => onEvent?.({ kind: 'damaged', error }),
  })
}

function retentionsOf({ retentionMs, tenantRetentionMs }: CassandraStoreOptions): Retentions {
  return { defaultMs: retentionMs, byTenant: tenantRetentionMs ?? new Map() }
}

async function openNative(
  options: CassandraStoreOptions,
  session: ClusterSession,
  cutover?: CutoverFacts,
): Promise<SpanStore> {
  const { retentionMs, clockGraceMs, queryLimits, onEvent } = options
  const retentions = retentionsOf(options)
  // The thread is told of the keyspace and the data centre that were found.
  const found = { keyspace: session.keyspace, datacentre: session.datacentre }
  const writer = new ThreadedWriter({
    cluster: { ...options, address: { ...options.address, ...found } },
    retentions,
    requestBytesMax: options.requestBytesMax ?? requestBytesMaxDefault,
    metrics: options.metrics,
    onEvent: (event) => onEvent?.(event),
  })
  try {
    await writer.start()
  } catch (error) {
    return closeAfter(error, () => session.close())
  }
  return new NativeStore({
    session,
    writer,
    about: clusterFacts(session, {
      layout: 'native',
      schemaVersion: String(nativeMigrations().length),
      consistency: options.address.consistency,
      cutover,
    }),
    retentions,
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
  })
}
