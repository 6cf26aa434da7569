import { thenClose } from '../../../errors/close-all.ts'
import { GatewayError } from '../../../errors/gateway-error.ts'
import type { CassandraAddress, LayoutName } from '../cassandra-address.ts'
import type { ClusterSession } from '../cluster-session.ts'
import type { TableFacts } from '../jaeger/table-facts.ts'
import { isJaeger, readTableFacts } from '../jaeger/table-facts.ts'
import {
  ledgerInsert,
  noteBegun,
  noteFinished,
  readLedger,
  readSchemaState,
  readTables,
} from './ledger.ts'
import type { MigrateOptions } from './migrate.ts'
import { keyspaceStatement, lockSchema, runDefinition } from './migrate.ts'
import { jaegerMigrations, ledgerStatements, qualified } from './migration-files.ts'

/** What a keyspace is to the layout `jaeger`. */
export type JaegerState =
  | { readonly kind: 'no_keyspace' | 'empty' }
  /** Its tables were begun by this program and not finished. */
  | { readonly kind: 'half'; readonly by: string }
  | { readonly kind: 'foreign'; readonly tables: readonly string[] }
  /** It has Jaeger's tables; `isRecorded`: the ledger says so. */
  | { readonly kind: 'ready'; readonly facts: TableFacts; readonly isRecorded: boolean }

const layout = 'jaeger'

/**
 * Whose tables an address means: what it says, else what is there, else our own. Jaeger's win where both
 * are and no cutover was finished: one that is under way, or was broken off, has made tables already.
 */
export async function layoutOf(
  session: ClusterSession,
  address: Pick<CassandraAddress, 'layout' | 'keyspace'>,
): Promise<LayoutName> {
  if (address.layout !== undefined) return address.layout
  const { keyspace } = address
  const tables = await readTables(session, keyspace)
  if (!isJaeger(tables)) return 'native'
  if (!tables.includes('schema_migration')) return 'jaeger'
  const decisions = await readLedger(session, keyspace, 'cutover')
  if (!decisions.some(({ isFinished }) => isFinished)) return 'jaeger'
  const { kind } = await readSchemaState(session, keyspace)
  return kind === 'foreign' ? 'jaeger' : 'native'
}

/** Looks at a keyspace; reads only. @param session without a keyspace of its own */
export async function readJaegerState(
  session: ClusterSession,
  keyspace: string,
): Promise<JaegerState> {
  const keyspaces = await session.raw(
    'Cannot read the schema',
    'SELECT keyspace_name FROM system_schema.keyspaces WHERE keyspace_name = ?',
    [keyspace],
  )
  if (keyspaces.length === 0) return { kind: 'no_keyspace' }
  const tables = await readTables(session, keyspace)
  const hasLedger = tables.includes('schema_migration')
  const [row] = hasLedger ? await readLedger(session, keyspace, layout) : []
  if (row !== undefined && !row.isFinished) return { kind: 'half', by: row.by }
  const facts = await readTableFacts(session, keyspace)
  if (facts !== undefined) return { kind: 'ready', facts, isRecorded: row !== undefined }
  const others = tables.filter((name) => !['schema_migration', 'schema_lock'].includes(name))
  return others.length === 0 ? { kind: 'empty' } : { kind: 'foreign', tables: others }
}

/** The state in words. */
export function describeJaeger(state: JaegerState, keyspace: string): string {
  const subject = `keyspace "${keyspace}"`
  switch (state.kind) {
    case 'no_keyspace':
      return `${subject} does not exist`
    case 'empty':
      return `${subject} has no tables`
    case 'half':
      return `${subject} is half-made: its tables were begun by ${state.by} and not finished`
    case 'foreign':
      return `${subject} belongs to another program: it has ${state.tables.slice(0, 5).join(', ')}, and not all of Jaeger's tables`
    case 'ready': {
      const { version, traceTtlSeconds } = state.facts
      const life = traceTtlSeconds === 0 ? 'for ever' : `${traceTtlSeconds / 3600} h`
      const recorded = state.isRecorded ? 'recorded in the ledger' : 'not recorded in the ledger'
      return `${subject} has Jaeger's tables, ${version}, spans live ${life}; it is ${recorded}`
    }
  }
}

/** What can be done about a state; empty where all is well. */
export function remedyOfJaeger(state: JaegerState): string {
  switch (state.kind) {
    case 'no_keyspace':
    case 'empty':
    case 'half':
      return 'run "spangate schema migrate", or say migrate=auto in the address'
    case 'foreign':
      return 'use a keyspace of its own'
    case 'ready':
      if (state.facts.version === 'v004') return ''
      return `${state.facts.version} works as it is; types cannot be altered, so v004 needs a keyspace of its own (layout=jaeger)`
  }
}

/**
 * Makes the tables in a new keyspace, and records a keyspace that Jaeger has made in the ledger as it
 * was found, of which nothing else is changed. Of several at once one works, the others wait.
 *
 * @param session without a keyspace of its own
 * @returns what was done, one line each
 * @throws GatewayError 'store_unusable' for a keyspace that is not to be touched
 */
export async function migrateJaeger(
  session: ClusterSession,
  options: MigrateOptions,
): Promise<readonly string[]> {
  const { keyspace, replication } = options.address
  const state = await readJaegerState(session, keyspace)
  if (state.kind === 'ready' && state.isRecorded) return []
  refuseForeign(state, keyspace)
  const run = async (statement: string): Promise<void> => {
    await options.onStatement?.(statement)
    await runDefinition(session, statement)
  }
  if (state.kind === 'no_keyspace') await run(keyspaceStatement(keyspace, replication))
  const held = await lockSchema(session, { keyspace, lock: options.lock, run })
  return thenClose(
    async () => {
      // Another one may have done everything meanwhile.
      const now = await readJaegerState(session, keyspace)
      if (now.kind === 'ready') {
        if (now.isRecorded) return []
        const baseline = baselineOf(now.facts)
        await noteBegun(session, keyspace, layout, baseline)
        await noteFinished(session, keyspace, layout, baseline)
        return [`${baseline.name} recorded`]
      }
      refuseForeign(now, keyspace)
      for (const migration of jaegerMigrations()) {
        await noteBegun(session, keyspace, layout, migration)
        for (const statement of migration.statements) {
          held.check()
          await run(qualified(statement, keyspace))
        }
        held.check()
        await noteFinished(session, keyspace, layout, migration)
      }
      return jaegerMigrations().map(({ name }) => `${name} run`)
    },
    () => held.release(),
  )
}

/** For a gateway that starts: makes what is missing, but leaves what Jaeger has made alone. */
export async function makeJaegerTables(
  session: ClusterSession,
  options: MigrateOptions,
): Promise<void> {
  const state = await readJaegerState(session, options.address.keyspace)
  if (state.kind !== 'ready') await migrateJaeger(session, options)
}

/** What `migrateJaeger` would run, for cqlsh and a person who has the rights. */
export function planJaeger(
  state: JaegerState,
  { keyspace, replication }: MigrateOptions['address'],
): readonly string[] {
  refuseForeign(state, keyspace)
  if (state.kind === 'ready') {
    if (state.isRecorded) return []
    const insert = ledgerInsert(layout, baselineOf(state.facts))
    return [`USE ${keyspace}`, ...ledgerStatements(keyspace), insert]
  }
  return [
    ...(state.kind === 'no_keyspace' ? [keyspaceStatement(keyspace, replication)] : []),
    `USE ${keyspace}`,
    ...ledgerStatements(keyspace),
    ...jaegerMigrations().flatMap((one) => [...one.statements, ledgerInsert(layout, one)]),
  ]
}

/** What the tables lack that this program writes or reads. @returns one line for each; none: all is well */
export async function verifyJaeger(
  session: ClusterSession,
  keyspace: string,
): Promise<readonly string[]> {
  const state = await readJaegerState(session, keyspace)
  if (state.kind !== 'ready') return [describeJaeger(state, keyspace)]
  return state.facts.problems
}

/** How a keyspace that was found is recorded. Nothing was run, so there is no file to compare with. */
function baselineOf({ version }: TableFacts) {
  return { version: Number(version.slice(1)), name: `baseline ${version}`, checksum: '' }
}

function refuseForeign(state: JaegerState, keyspace: string): void {
  if (state.kind !== 'foreign') return
  throw new GatewayError(
    'store_unusable',
    `Cannot migrate: ${describeJaeger(state, keyspace)}; ${remedyOfJaeger(state)}`,
  )
}
