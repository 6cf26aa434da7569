import { hostname } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import { GatewayError } from '../../../errors/gateway-error.ts'
import type { LayoutName } from '../cassandra-address.ts'
import { isUnknownTable } from '../cluster-failure.ts'
import type { ClusterSession } from '../cluster-session.ts'
import { isJaeger } from '../jaeger/table-facts.ts'
import type { Migration } from './migration-files.ts'
import { nativeMigrations } from './migration-files.ts'
import type { LedgerRow, SchemaState } from './schema-state.ts'
import { compareSchema, describeState, remedyOf } from './schema-state.ts'

/** Whose rows of the ledger; those of `cutover` say where new spans go. */
export type LedgerLayout = LayoutName | 'cutover'

const action = 'Cannot read the schema'
/** How long a table that is listed may take until it can be read from. */
const listedMaxMs = 10_000
const listedEveryMs = 100
/** Tables that a migrator makes before it has begun. */
const ledgerTables = ['schema_migration', 'schema_lock']

/** Host and process, as the ledger names who did something. */
export function processName(): string {
  return `${hostname()}:${process.pid}`
}

/**
 * What a keyspace is; reads only.
 *
 * @param session without a keyspace of its own
 * @param isBeside whether the tables may be made beside those of Jaeger
 */
export async function readSchemaState(
  session: ClusterSession,
  keyspace: string,
  isBeside = false,
): Promise<SchemaState> {
  const keyspaces = await session.raw(
    action,
    'SELECT keyspace_name FROM system_schema.keyspaces WHERE keyspace_name = ?',
    [keyspace],
  )
  if (keyspaces.length === 0) return { kind: 'no_keyspace' }
  const tables = await readTables(session, keyspace)
  const isShared = isBeside && isJaeger(tables)
  const others = isShared ? [] : tables.filter((name) => !ledgerTables.includes(name))
  if (!tables.includes('schema_migration')) {
    return others.length === 0 ? { kind: 'empty' } : { kind: 'foreign', tables: others }
  }
  const rows = await onceThere(() => readLedger(session, keyspace, 'native'))
  if (rows.length > 0) return compareSchema(rows, nativeMigrations())
  return others.length === 0 ? { kind: 'empty' } : { kind: 'foreign', tables: others }
}

/** Names of all tables of a keyspace, sorted. */
export async function readTables(
  session: ClusterSession,
  keyspace: string,
): Promise<readonly string[]> {
  const rows = await session.raw(
    action,
    'SELECT table_name FROM system_schema.tables WHERE keyspace_name = ?',
    [keyspace],
  )
  return rows.map((row): string => row['table_name']).sort()
}

/** @throws GatewayError 'store_unusable' that says which file is at fault, unless it is current */
export function requireCurrent(state: SchemaState, keyspace: string): void {
  if (state.kind === 'current') return
  throw new GatewayError(
    'store_unusable',
    `Cannot use store: ${describeState(state, keyspace)}; ${remedyOf(state)}`,
  )
}

/**
 * Waits until the tables of the ledger can be used that another migrator makes: a node lists a table a
 * moment before it can be read from.
 */
export async function awaitLedger(session: ClusterSession, keyspace: string): Promise<void> {
  for (const table of ledgerTables) {
    const query = `SELECT * FROM ${keyspace}.${table} LIMIT 1`
    await onceThere(() => session.raw(action, query, []))
  }
}

async function onceThere<Result>(read: () => Promise<Result>): Promise<Result> {
  const endMs = performance.now() + listedMaxMs
  for (;;) {
    try {
      return await read()
    } catch (error) {
      if (!isUnknownTable(error) || performance.now() > endMs) throw error
      await sleep(listedEveryMs)
    }
  }
}

/** What was run of a layout, in order. The ledger must be there. */
export async function readLedger(
  session: ClusterSession,
  keyspace: string,
  layout: LedgerLayout,
): Promise<readonly LedgerRow[]> {
  const rows = await session.raw(
    action,
    `SELECT version, name, checksum, started_at, finished_at, process FROM ${keyspace}.schema_migration WHERE layout = ?`,
    [layout],
  )
  return rows.map((row) => ({
    version: row['version'],
    name: row['name'] ?? '',
    checksum: row['checksum'] ?? '',
    isFinished: row['finished_at'] instanceof Date,
    startedAtMs: Number(row['started_at'] ?? 0),
    by: row['process'] ?? '',
  }))
}

/** Notes that a migration was begun. */
export async function noteBegun(
  session: ClusterSession,
  keyspace: string,
  layout: LedgerLayout,
  { version, name, checksum }: Omit<Migration, 'statements'>,
): Promise<void> {
  await session.raw(
    'Cannot migrate',
    `INSERT INTO ${keyspace}.schema_migration (layout, version, name, checksum, started_at, process) VALUES (?, ?, ?, ?, ?, ?)`,
    [layout, version, name, checksum, new Date(), processName()],
  )
}

/** Notes that a migration was finished. */
export async function noteFinished(
  session: ClusterSession,
  keyspace: string,
  layout: LedgerLayout,
  { version }: Pick<Migration, 'version'>,
): Promise<void> {
  await session.raw(
    'Cannot migrate',
    `UPDATE ${keyspace}.schema_migration SET finished_at = ? WHERE layout = ? AND version = ?`,
    [new Date(), layout, version],
  )
}

/** The statement by which an operator notes a finished migration. */
export function ledgerInsert(
  layout: LedgerLayout,
  { version, name, checksum }: Omit<Migration, 'statements'>,
): string {
  return (
    'INSERT INTO schema_migration (layout, version, name, checksum, started_at, finished_at, process) ' +
    `VALUES ('${layout}', ${version}, '${name}', '${checksum}', toTimestamp(now()), toTimestamp(now()), 'operator')`
  )
}
