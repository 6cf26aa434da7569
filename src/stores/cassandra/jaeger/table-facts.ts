import { GatewayError } from '../../../errors/gateway-error.ts'
import type { ClusterSession } from '../cluster-session.ts'
import { typeFields } from './row-values.ts'

/** What a keyspace of Jaeger's has, as its versions differ. */
export interface TableFacts {
  /** `v001` to `v004`; there is no table that says it. */
  readonly version: JaegerVersion
  readonly tables: ReadonlySet<string>
  /** How long names live after they were written, s; 0: for ever. */
  readonly nameTtlSeconds: number
  /** How long spans do. */
  readonly traceTtlSeconds: number
  /** Types whose fields are not Jaeger's in their order: rows with them can be written by name alone, which this program does not. */
  readonly oddTypes: readonly string[]
}

/** Versions of Jaeger's schema. */
export type JaegerVersion = 'v001' | 'v002' | 'v003' | 'v004'

/** Without these a keyspace is none of Jaeger's. */
const needed = [
  'traces',
  'service_names',
  'service_operation_index',
  'service_name_index',
  'duration_index',
  'tag_index',
]

/** Whether tables of these names are Jaeger's. */
export function isJaeger(tables: readonly string[]): boolean {
  return needed.every((name) => tables.includes(name))
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
  const action = 'Cannot read the schema'
  const rows = await session.raw(
    action,
    'SELECT table_name, default_time_to_live FROM system_schema.tables WHERE keyspace_name = ?',
    [keyspace],
  )
  const ttls = new Map(
    rows.map((row): [string, number] => [row['table_name'], row['default_time_to_live'] ?? 0]),
  )
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
    oddTypes: oddTypesOf(
      new Map(types.map((row): [string, string[]] => [row['type_name'], row['field_names'] ?? []])),
    ),
  }
}

/** @param fields of each type */
function oddTypesOf(fields: ReadonlyMap<string, readonly string[]>): readonly string[] {
  return Object.entries(typeFields)
    .filter(([type, wanted]) => {
      // Types may have got fields since, at their end.
      return wanted.some((name, at) => fields.get(type)?.[at] !== name)
    })
    .map(([type]) => type)
}

/** @throws GatewayError 'store_unusable' for a keyspace that is none of Jaeger's */
export async function requireTableFacts(
  session: ClusterSession,
  keyspace: string,
): Promise<TableFacts> {
  const facts = await readTableFacts(session, keyspace)
  if (facts !== undefined && facts.oddTypes.length > 0) {
    throw new GatewayError(
      'store_unusable',
      `Cannot use store: in keyspace "${keyspace}" ${oddTypesText(facts.oddTypes)}`,
    )
  }
  if (facts !== undefined) return facts
  throw new GatewayError(
    'store_unusable',
    `Cannot use store: keyspace "${keyspace}" lacks some of ${needed.join(', ')}, by which Jaeger's are known; ` +
      'run "spangate schema migrate" with layout=jaeger for a new one',
  )
}

/** What is wrong with types, in words. */
export function oddTypesText(types: readonly string[]): string {
  return `the fields of ${types.map((type) => `type ${type}`).join(', ')} are not those of Jaeger in their order`
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
