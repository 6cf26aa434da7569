import { GatewayError } from '../../../errors/gateway-error.ts'
import type { CassandraAddress } from '../cassandra-address.ts'
import type { ClusterSession } from '../cluster-session.ts'
import { isJaeger } from '../jaeger/table-facts.ts'
import { migrateJaeger } from './jaeger-schema.ts'
import { noteBegun, noteFinished, readLedger, readTables } from './ledger.ts'
import { migrate } from './migrate.ts'

/** Where new spans of a keyspace with Jaeger's tables go; the others are read as well. */
export interface Cutover {
  readonly to: 'native' | 'jaeger'
  /** The keyspace of the native tables, which may be the same. */
  readonly nativeKeyspace: string
  /** When it was decided, ms since the epoch. */
  readonly sinceMs: number
  /** How often it has been. */
  readonly count: number
}

const layout = 'cutover'

/** What was decided last of a keyspace; undefined: nothing was. Reads only. */
export async function readCutover(
  session: ClusterSession,
  keyspace: string,
): Promise<Cutover | undefined> {
  const tables = await readTables(session, keyspace)
  if (!tables.includes('schema_migration') || !isJaeger(tables)) return undefined
  const rows = await readLedger(session, keyspace, layout)
  const last = rows.filter(({ isFinished }) => isFinished).at(-1)
  if (last === undefined) return undefined
  const [to = '', nativeKeyspace = keyspace] = last.name.split(' ')
  return {
    to: to === 'native' ? 'native' : 'jaeger',
    nativeKeyspace,
    sinceMs: last.startedAtMs,
    count: rows.length,
  }
}

/** What is to be done. */
export interface CutOverOptions {
  readonly address: Pick<CassandraAddress, 'keyspace' | 'replication'>
  /** Where the native tables are, or are made; the keyspace itself by default. */
  readonly nativeKeyspace?: string | undefined
  /** New spans go to Jaeger's tables again. */
  readonly isBack: boolean
}

/**
 * Notes that new spans go to native tables, which are made first, or to Jaeger's again. Nothing is
 * copied: gateways that start from now on read both. Twice the same does nothing.
 *
 * @param session without a keyspace of its own
 * @throws GatewayError 'store_unusable' for a keyspace without Jaeger's tables
 */
export async function cutOver(
  session: ClusterSession,
  { address, nativeKeyspace, isBack }: CutOverOptions,
): Promise<Cutover> {
  const { keyspace } = address
  if (!isJaeger(await readTables(session, keyspace))) {
    throw new GatewayError(
      'store_unusable',
      `Cannot cut over: keyspace "${keyspace}" has not Jaeger's tables; there is nothing to go on from`,
    )
  }
  await migrateJaeger(session, { address })
  const before = await readCutover(session, keyspace)
  const target = nativeKeyspace ?? before?.nativeKeyspace ?? keyspace
  const to = isBack ? 'jaeger' : 'native'
  if (before?.to === to && before.nativeKeyspace === target) return before
  if (isBack && before === undefined) {
    throw new GatewayError(
      'store_unusable',
      `Cannot go back: new spans of keyspace "${keyspace}" go to Jaeger's tables already`,
    )
  }
  if (before !== undefined && target !== before.nativeKeyspace) {
    throw new GatewayError(
      'store_unusable',
      `Cannot cut over: there are native tables of it in keyspace "${before.nativeKeyspace}" already`,
    )
  }
  if (!isBack) await migrate(session, { address: { ...address, keyspace: target }, isBeside: true })
  const row = { version: (before?.count ?? 0) + 1, name: `${to} ${target}`, checksum: '' }
  await noteBegun(session, keyspace, layout, row)
  await noteFinished(session, keyspace, layout, row)
  const now = await readCutover(session, keyspace)
  if (now === undefined) throw new Error('Cannot read what was just written')
  return now
}

/** When the tables that get no new spans need not be read any more, ms since the epoch; undefined: never. */
export function readUntilMs({ sinceMs }: Cutover, ttlSeconds: number): number | undefined {
  return ttlSeconds === 0 ? undefined : sinceMs + ttlSeconds * 1000 + slackMs
}

/** The decision in words. @param ttlSeconds of the tables that get no new spans; 0: for ever */
export function describeCutover(cutover: Cutover, ttlSeconds: number, nowMs: number): string {
  const { to, nativeKeyspace, sinceMs } = cutover
  const names = {
    native: `native tables in keyspace "${nativeKeyspace}"`,
    jaeger: "Jaeger's tables",
  }
  const since = new Date(sinceMs).toISOString()
  const old = to === 'native' ? names.jaeger : names.native
  const goes = `new spans go to ${names[to]} since ${since}`
  const untilMs = readUntilMs(cutover, ttlSeconds)
  if (untilMs === undefined) return `${goes}; ${old} are read for ever, as their rows do not expire`
  if (untilMs <= nowMs) return `${goes}; ${old} have expired and are not read any more`
  const hours = Math.ceil((untilMs - nowMs) / 360_000) / 10
  return `${goes}; ${old} are read for ${hours} h more, until ${new Date(untilMs).toISOString()}`
}

/** Gateways are not all started again at once, and clocks differ. */
const slackMs = 3_600_000
