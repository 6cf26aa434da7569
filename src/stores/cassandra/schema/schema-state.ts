import { missingOfJaeger } from '../jaeger/table-facts.ts'
import type { Migration } from './migration-files.ts'

/** A row of the ledger. */
export interface LedgerRow {
  readonly version: number
  readonly name: string
  readonly checksum: string
  readonly isFinished: boolean
  /** ms since the epoch. */
  readonly startedAtMs: number
  /** Host and process that ran it. */
  readonly by: string
}

/** What a keyspace is, compared with the migrations that this program knows. */
export type SchemaState =
  | { readonly kind: 'no_keyspace' }
  /** Nothing is in it. */
  | { readonly kind: 'empty' }
  /** It has tables, and no ledger: it is somebody else's. */
  | { readonly kind: 'foreign'; readonly tables: readonly string[] }
  | { readonly kind: 'current'; readonly version: number }
  | { readonly kind: 'behind'; readonly version: number; readonly pending: readonly Migration[] }
  /** A migration was begun and not finished. */
  | { readonly kind: 'half'; readonly row: LedgerRow; readonly pending: readonly Migration[] }
  /** A file is another one than that which was run. */
  | { readonly kind: 'edited'; readonly row: LedgerRow; readonly file: Migration }
  /** A later program migrated it. */
  | { readonly kind: 'newer'; readonly row: LedgerRow; readonly known: number }

/** Compares the ledger with the files. @param rows in the order of their versions */
export function compareSchema(
  rows: readonly LedgerRow[],
  files: readonly Migration[],
): SchemaState {
  for (const row of rows) {
    const file = files[row.version - 1]
    if (file === undefined) return { kind: 'newer', row, known: files.length }
    if (row.checksum !== file.checksum) return { kind: 'edited', row, file }
  }
  const half = rows.find(({ isFinished }) => !isFinished)
  const finished = new Set(rows.filter(({ isFinished }) => isFinished).map((row) => row.version))
  const pending = files.filter(({ version }) => !finished.has(version))
  if (half !== undefined) return { kind: 'half', row: half, pending }
  const version = files.length - pending.length
  return pending.length === 0 ? { kind: 'current', version } : { kind: 'behind', version, pending }
}

/** The state in words, with the file at fault. */
export function describeState(state: SchemaState, keyspace: string): string {
  const subject = `keyspace "${keyspace}"`
  switch (state.kind) {
    case 'no_keyspace':
      return `${subject} does not exist`
    case 'empty':
      return `${subject} has no tables`
    case 'foreign':
      return `${subject} belongs to another program: it has ${state.tables.slice(0, 5).join(', ')} and no schema_migration${lackText(state.tables)}`
    case 'current':
      return `${subject} is current, at version ${state.version}`
    case 'behind':
      return `${subject} is at version ${state.version}, and ${state.pending[0]?.name} has to be run`
    case 'half': {
      const { name, by, startedAtMs } = state.row
      const since = new Date(startedAtMs).toISOString()
      return `${subject} is half-migrated: ${name} was begun by ${by} at ${since} and not finished`
    }
    case 'edited': {
      const { row, file } = state
      return `${subject} was migrated with another ${row.name}: checksum ${row.checksum.slice(0, 12)}, that of ${file.name} is ${file.checksum.slice(0, 12)}`
    }
    case 'newer': {
      const { row, known } = state
      return `${subject} is newer than this program: it has had ${row.name}, version ${row.version}, and ${known} is the last that is known`
    }
  }
}

/** A keyspace of Jaeger's that has lost a table is known by nothing else. */
function lackText(tables: readonly string[]): string {
  const missing = missingOfJaeger(tables)
  return missing === undefined ? '' : `; of Jaeger's tables it lacks ${missing.join(', ')}`
}

/** What can be done about a state that keeps a gateway from running. */
export function remedyOf(state: SchemaState): string {
  switch (state.kind) {
    case 'no_keyspace':
    case 'empty':
    case 'behind':
    case 'half':
      return 'run "spangate schema migrate", or say migrate=auto in the address'
    case 'foreign':
      return 'use a keyspace of its own'
    case 'edited':
      return 'use the program that migrated it, or a keyspace of its own'
    case 'newer':
      return 'use a later version of the program'
    case 'current':
      return 'nothing is to be done'
  }
}
