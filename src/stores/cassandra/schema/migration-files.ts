import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import type { LayoutName } from '../cassandra-address.ts'

/** One numbered file of a layout. */
export interface Migration {
  readonly version: number
  /** Of the file, such as `0001-spans.cql`. */
  readonly name: string
  /** SHA-256 of the file's text, hex. */
  readonly checksum: string
  /** Each may be run again without harm. */
  readonly statements: readonly string[]
}

const folder = new URL('../../../../../schema/cassandra/', import.meta.url)

/** The migrations of the layout `native` in their order, without gaps. */
export function nativeMigrations(): readonly Migration[] {
  return migrationsOf('native')
}

/** What makes the tables of Jaeger's v004 in a new keyspace. */
export function jaegerMigrations(): readonly Migration[] {
  return migrationsOf('jaeger')
}

function migrationsOf(layout: LayoutName): readonly Migration[] {
  const names = readdirSync(new URL(`${layout}/`, folder)).filter((name) => name.endsWith('.cql'))
  return names.sort().map((name, index) => {
    const version = Number(/^(\d{4})-/.exec(name)?.[1])
    if (version !== index + 1) {
      throw new Error(`Cannot read migrations: ${name} must be number ${index + 1}`)
    }
    const text = readFileSync(new URL(`${layout}/${name}`, folder), 'utf8')
    return { version, name, checksum: checksumOf(text), statements: statementsOf(text) }
  })
}

/**
 * The statements that make the ledger and the lock, before which nothing guards a keyspace. Two
 * migrators may make them at once, by different nodes: the tables have ids that follow from the
 * keyspace, so that both make the same ones.
 */
export function ledgerStatements(keyspace: string): readonly string[] {
  const text = readFileSync(new URL('ledger.cql', folder), 'utf8')
  return statementsOf(text).map((statement) => {
    const table = tableOf(statement) ?? ''
    return `${statement} WITH id = ${tableId(keyspace, table)}`
  })
}

/** The table that a statement makes; undefined for any other statement. */
export function tableOf(statement: string): string | undefined {
  return /^CREATE TABLE IF NOT EXISTS (\w+)/.exec(statement)?.[1]
}

/** The user-defined type that a statement makes; undefined for any other statement. */
export function typeOf(statement: string): string | undefined {
  return /^CREATE TYPE IF NOT EXISTS (\w+)/.exec(statement)?.[1]
}

/** The statement with its table's or type's keyspace: a session may have none. */
export function qualified(statement: string, keyspace: string): string {
  const name = /^((?:CREATE (?:TABLE|TYPE) IF NOT EXISTS|ALTER TABLE) )(\w+)/
  return statement.replace(name, `$1${keyspace}.$2`)
}

/** The columns of a table or type that a statement makes, with their types, in order. */
export function columnsOf(statement: string): ReadonlyMap<string, string> {
  const lines = statement.split('\n').slice(1)
  const ends = lines.findIndex((line) => /^\s*PRIMARY KEY|^\)/.test(line))
  return new Map(
    lines.slice(0, ends).map((line): [string, string] => {
      const [, name = '', type = ''] =
        /^\s*(\w+) (\S+?)(?: static| PRIMARY KEY)?,?$/.exec(line) ?? []
      return [name, type]
    }),
  )
}

/** Text between semicolons, without comments: none of our statements has either in a literal. */
function statementsOf(text: string): readonly string[] {
  const lines = text.split('\n').filter((line) => !line.startsWith('--'))
  return lines
    .join('\n')
    .split(';')
    .map((statement) => statement.trim())
    .filter((statement) => statement !== '')
}

function checksumOf(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

function tableId(keyspace: string, table: string): string {
  const hex = createHash('sha256').update(`${keyspace}.${table}`).digest('hex')
  const [a, b, c, d, e] = [
    hex.slice(0, 8),
    hex.slice(8, 12),
    hex.slice(12, 15),
    hex.slice(15, 18),
  ].concat(hex.slice(18, 30))
  return `${a}-${b}-5${c}-8${d}-${e}`
}
