import { GatewayError } from '../../../errors/gateway-error.ts'
import type { ClusterSession, Page } from '../cluster-session.ts'
import { columnsOf, jaegerMigrations, tableOf, typeOf } from '../schema/migration-files.ts'
import type { TableColumns } from '../schema/table-problems.ts'
import { readColumns, tableProblems } from '../schema/table-problems.ts'

/** What a keyspace of Jaeger's has, as its versions differ. */
export interface TableFacts {
  /** `v001` to `v004`; there is no table that says it. */
  readonly version: JaegerVersion
  readonly tables: ReadonlySet<string>
  /** How long names live after they were written, s; 0: for ever. */
  readonly nameTtlSeconds: number
  /** How long spans do. */
  readonly traceTtlSeconds: number
  /** What of the types and tables that this program uses is not as Jaeger has it, one line for each. */
  readonly problems: readonly string[]
}

/** Versions of Jaeger's schema. */
export type JaegerVersion = 'v001' | 'v002' | 'v003' | 'v004'

const action = 'Cannot read the schema'

/** Without these a keyspace is none of Jaeger's. */
const needed = [
  'traces',
  'service_names',
  'service_operation_index',
  'service_name_index',
  'duration_index',
  'tag_index',
]

/** Not in every version. */
const usedIfThere = ['operation_names_v2', 'dependencies_v2']

/** What makes the types and tables of v004. */
function jaegerStatements(): readonly string[] {
  return jaegerMigrations().flatMap(({ statements }) => statements)
}

/** Whether tables of these names are Jaeger's. */
export function isJaeger(tables: readonly string[]): boolean {
  return missingOf(tables).length === 0
}

/**
 * Which tables a keyspace of these lacks to be one of Jaeger's; undefined where it lacks so many that it was never
 * one.
 */
export function missingOfJaeger(tables: readonly string[]): readonly string[] | undefined {
  const missing = missingOf(tables)
  return missing.length > needed.length / 2 ? undefined : missing
}

function missingOf(tables: readonly string[]): readonly string[] {
  return needed.filter((name) => !tables.includes(name))
}

/**
 * Looks at a keyspace. What tells the versions apart: `dependencies_v2` came with v002,
 * `operation_names_v2` with v003, and v004 froze the list of fields in the type `log`.
 *
 * Source: jaeger v2.20.0, internal/storage/v1/cassandra/schema, v001 to v004.
 *
 * @returns undefined for a keyspace that has not all of Jaeger's tables
 */
export async function readTableFacts(
  session: ClusterSession,
  keyspace: string,
): Promise<TableFacts | undefined> {
  const ttls = await readTtls(session, keyspace)
  const tables = new Set(ttls.keys())
  if (!isJaeger([...tables])) return undefined
  const types = await session.raw(
    action,
    'SELECT type_name, field_names, field_types FROM system_schema.types WHERE keyspace_name = ?',
    [keyspace],
  )
  const log = types.find((row) => row['type_name'] === 'log')
  const logTypes: readonly string[] = log?.['field_types'] ?? []
  const isFrozen = logTypes.some((type) => type.startsWith('frozen<list'))
  const operations = ttls.get('operation_names_v2') ?? ttls.get('operation_names') ?? 0
  return {
    version: versionOf(tables, isFrozen),
    tables,
    nameTtlSeconds: shorter(ttls.get('service_names') ?? 0, operations),
    traceTtlSeconds: ttls.get('traces') ?? 0,
    problems: [
      ...typeProblems(fieldsOfTypes(types)),
      ...usedProblems(await readColumns(session, action, keyspace)),
    ],
  }
}

/** How long rows of each table live, s. */
async function readTtls(
  session: ClusterSession,
  keyspace: string,
): Promise<ReadonlyMap<string, number>> {
  const rows = await session.raw(
    action,
    'SELECT table_name, default_time_to_live FROM system_schema.tables WHERE keyspace_name = ?',
    [keyspace],
  )
  return new Map(
    rows.map((row): [string, number] => [row['table_name'], row['default_time_to_live'] ?? 0]),
  )
}

/** A field of a type, with its own type. */
type Field = readonly [name: string, type: string]

function fieldsOfTypes(rows: Page['rows']): ReadonlyMap<string, readonly Field[]> {
  return new Map(
    rows.map((row): [string, readonly Field[]] => {
      const names: readonly string[] = row['field_names'] ?? []
      const types: readonly string[] = row['field_types'] ?? []
      return [row['type_name'], names.map((name, at): Field => [name, types[at] ?? ''])]
    }),
  )
}

/**
 * Values of these types are written as bytes, field by field: one that is not where Jaeger has it, or is another one,
 * would be written wrong. Types may have got fields since, at their end.
 */
function typeProblems(found: ReadonlyMap<string, readonly Field[]>): readonly string[] {
  return jaegerStatements().flatMap((statement) => {
    const type = typeOf(statement)
    // It is read alone, by its names.
    if (type === undefined || type === 'dependency') return []
    const fields = found.get(type) ?? []
    const isSame = [...columnsOf(statement)].every(([name, wanted], at) => {
      const [other, is = ''] = fields[at] ?? []
      return other === name && loose(is) === loose(wanted)
    })
    return isSame ? [] : [`the fields of type ${type} are not those of Jaeger in their order`]
  })
}

/** v004 froze a list in two types, which looks the same in a row. */
function loose(type: string): string {
  return /^frozen<(list<.*>)>$/.exec(type)?.[1] ?? type
}

/** Of the tables that are there and used: others are Jaeger's own business. */
function usedProblems(tables: TableColumns): readonly string[] {
  return jaegerStatements().flatMap((statement) => {
    const table = tableOf(statement) ?? ''
    const isUsed = needed.includes(table) || usedIfThere.includes(table)
    return isUsed && tables.has(table) ? tableProblems(statement, tables) : []
  })
}

/** @throws GatewayError 'store_unusable' for a keyspace that is none of Jaeger's */
export async function requireTableFacts(
  session: ClusterSession,
  keyspace: string,
): Promise<TableFacts> {
  const facts = await readTableFacts(session, keyspace)
  if (facts !== undefined && facts.problems.length > 0) {
    throw new GatewayError(
      'store_unusable',
      `Cannot use store: in keyspace "${keyspace}" ${facts.problems.join('; ')}; ` +
        'make them as Jaeger does, or use another keyspace',
    )
  }
  if (facts !== undefined) return facts
  const missing = missingOf([...(await readTtls(session, keyspace)).keys()])
  throw new GatewayError(
    'store_unusable',
    `Cannot use store: keyspace "${keyspace}" lacks ${missing.join(', ')}, by which Jaeger's are known; ` +
      'run "spangate schema migrate" with layout=jaeger for a new one',
  )
}

function versionOf(tables: ReadonlySet<string>, isFrozen: boolean): JaegerVersion {
  if (!tables.has('dependencies_v2')) return 'v001'
  if (!tables.has('operation_names_v2')) return 'v002'
  return isFrozen ? 'v004' : 'v003'
}

/** 0 is for ever. */
function shorter(left: number, right: number): number {
  if (left === 0 || right === 0) return Math.max(left, right)
  return Math.min(left, right)
}
