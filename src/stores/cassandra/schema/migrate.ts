import { thenClose } from '../../../errors/close-all.ts'
import { GatewayError } from '../../../errors/gateway-error.ts'
import type { CassandraAddress, Replication } from '../cassandra-address.ts'
import { isUnauthorized } from '../cluster-failure.ts'
import type { ClusterSession } from '../cluster-session.ts'
import {
  awaitLedger,
  ledgerInsert,
  noteBegun,
  noteFinished,
  readSchemaState,
  readTables,
} from './ledger.ts'
import type { Migration } from './migration-files.ts'
import { ledgerStatements, nativeMigrations, qualified, tableOf } from './migration-files.ts'
import type { LockOptions } from './schema-lock.ts'
import { SchemaLock } from './schema-lock.ts'
import type { SchemaState } from './schema-state.ts'
import { describeState, remedyOf } from './schema-state.ts'
import { readColumns, tableProblems } from './table-problems.ts'

/** How a keyspace is brought up to date. */
export interface MigrateOptions {
  readonly address: Pick<CassandraAddress, 'keyspace' | 'replication'>
  readonly lock?: Partial<LockOptions>
  /** The tables may be made beside those of Jaeger. */
  readonly isBeside?: boolean
  /** Told before each statement; what it awaits holds the migration up. */
  readonly onStatement?: (statement: string) => Promise<void> | void
}

const lockDefaults: LockOptions = { leaseSeconds: 30, waitMaxMs: 120_000 }
const agreeMaxMs = 30_000
const action = 'Cannot migrate'

/**
 * Makes the keyspace and its tables what this program needs. Does nothing where that is so; goes on
 * where another migrator was ended in the middle. Of several at once one works, the others wait.
 *
 * @param session without a keyspace of its own
 * @returns the files that were run
 * @throws GatewayError 'store_unusable' for a keyspace that is not to be touched
 */
export async function migrate(
  session: ClusterSession,
  { address, lock, isBeside = false, onStatement }: MigrateOptions,
): Promise<readonly Migration[]> {
  const { keyspace, replication } = address
  const state = await readSchemaState(session, keyspace, isBeside)
  if (migrationsFor(state, keyspace).length === 0) return []
  const run = async (statement: string): Promise<void> => {
    await onStatement?.(statement)
    await runDefinition(session, statement)
  }
  if (state.kind === 'no_keyspace') await run(keyspaceStatement(keyspace, replication))
  const held = await lockSchema(session, { keyspace, lock, run })
  return thenClose(
    async () => {
      // Another one may have done everything meanwhile.
      const pending = migrationsFor(await readSchemaState(session, keyspace, isBeside), keyspace)
      for (const migration of pending) {
        held.check()
        await noteBegun(session, keyspace, 'native', migration)
        for (const statement of migration.statements) {
          held.check()
          await run(qualified(statement, keyspace))
        }
        await onStatement?.(`-- ${migration.name} is finished`)
        held.check()
        await noteFinished(session, keyspace, 'native', migration)
      }
      return pending
    },
    () => held.release(),
  )
}

/** Makes the ledger where there is none, and takes its lock. The lock is to be released. */
export async function lockSchema(
  session: ClusterSession,
  {
    keyspace,
    lock,
    run,
  }: {
    readonly keyspace: string
    readonly lock: MigrateOptions['lock']
    readonly run: (statement: string) => Promise<void>
  },
): Promise<SchemaLock> {
  const tables = await readTables(session, keyspace)
  for (const statement of ledgerStatements(keyspace)) {
    if (!tables.includes(tableOf(statement) ?? '')) await run(qualified(statement, keyspace))
  }
  await awaitLedger(session, keyspace)
  return SchemaLock.take(session, keyspace, { ...lockDefaults, ...lock })
}

/**
 * What `migrate` would run, for cqlsh and a person who has the rights.
 *
 * @throws GatewayError 'store_unusable' for a keyspace that is not to be touched
 */
export function planSchema(
  state: SchemaState,
  { keyspace, replication }: MigrateOptions['address'],
): readonly string[] {
  const pending = migrationsFor(state, keyspace)
  if (pending.length === 0) return []
  const isNew = state.kind === 'no_keyspace' || state.kind === 'empty'
  return [
    ...(state.kind === 'no_keyspace' ? [keyspaceStatement(keyspace, replication)] : []),
    `USE ${keyspace}`,
    ...(isNew ? ledgerStatements(keyspace) : []),
    ...pending.flatMap((migration) => [...migration.statements, ledgerInsert('native', migration)]),
  ]
}

/**
 * What differs between the tables of a keyspace and those that the migrations make.
 *
 * @returns one line for each; none: all is well
 */
export async function verifySchema(
  session: ClusterSession,
  keyspace: string,
): Promise<readonly string[]> {
  const state = await readSchemaState(session, keyspace)
  if (state.kind === 'no_keyspace') return [describeState(state, keyspace)]
  const problems = await nativeProblems(session, keyspace)
  return state.kind === 'current' ? problems : [describeState(state, keyspace), ...problems]
}

/**
 * A gateway does not start with tables that somebody has changed since: it would be refused what clients then lose.
 *
 * @throws GatewayError 'store_unusable' that says which table is at fault, and of which file
 */
export async function requireTables(session: ClusterSession, keyspace: string): Promise<void> {
  const problems = await nativeProblems(session, keyspace)
  if (problems.length === 0) return
  throw new GatewayError(
    'store_unusable',
    `Cannot use store: keyspace "${keyspace}" is not as its ledger says: ${problems.join('; ')}; ` +
      'run that file of schema/cassandra/native and those after it again by cqlsh, each of which may be run twice',
  )
}

async function nativeProblems(
  session: ClusterSession,
  keyspace: string,
): Promise<readonly string[]> {
  const tables = await readColumns(session, 'Cannot verify the schema', keyspace)
  return nativeMigrations().flatMap(({ name, statements }) =>
    statements.flatMap((statement) => tableProblems(statement, tables, ` of ${name}`)),
  )
}

function migrationsFor(state: SchemaState, keyspace: string): readonly Migration[] {
  switch (state.kind) {
    case 'no_keyspace':
    case 'empty':
      return nativeMigrations()
    case 'behind':
    case 'half':
      return state.pending
    case 'current':
      return []
    default:
      throw new GatewayError(
        'store_unusable',
        `${action}: ${describeState(state, keyspace)}; ${remedyOf(state)}`,
      )
  }
}

/** Runs a statement that changes the schema, and waits until all nodes have it. */
export async function runDefinition(session: ClusterSession, statement: string): Promise<void> {
  try {
    await session.raw(action, statement)
    await session.agree(action, agreeMaxMs)
  } catch (error) {
    if (!isUnauthorized(error)) throw error
    throw new GatewayError(
      'store_unusable',
      `${action}: the user may not run "${statement.split(/\s*\(/, 1)[0]}"; ` +
        '"spangate schema plan", for a cutover "spangate schema cutover --dry-run", prints what somebody with the right has to run',
      { cause: error },
    )
  }
}

/** What makes a keyspace. */
export function keyspaceStatement(keyspace: string, replication: Replication): string {
  const options =
    replication.kind === 'simple'
      ? `'class': 'SimpleStrategy', 'replication_factor': ${replication.factor}`
      : `'class': 'NetworkTopologyStrategy', ${Array.from(
          replication.factors,
          ([name, factor]) => `'${name}': ${factor}`,
        ).join(', ')}`
  return `CREATE KEYSPACE IF NOT EXISTS ${keyspace} WITH replication = {${options}}`
}
