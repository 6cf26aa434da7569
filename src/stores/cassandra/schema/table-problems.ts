import type { ClusterSession } from '../cluster-session.ts'
import { columnsOf, tableOf } from './migration-files.ts'

/** The columns of each table of a keyspace, with their types. */
export type TableColumns = ReadonlyMap<string, ReadonlyMap<string, string>>

/** What columns there are; reads only. */
export async function readColumns(
  session: ClusterSession,
  action: string,
  keyspace: string,
): Promise<TableColumns> {
  const rows = await session.raw(
    action,
    'SELECT table_name, column_name, type FROM system_schema.columns WHERE keyspace_name = ?',
    [keyspace],
  )
  const tables = new Map<string, Map<string, string>>()
  for (const row of rows) {
    const columns = tables.get(row['table_name']) ?? new Map<string, string>()
    tables.set(row['table_name'], columns.set(row['column_name'], row['type']))
  }
  return tables
}

/**
 * What a table lacks, or has with another type, of the columns with which a statement makes it. It may have more.
 *
 * @param statement of a migration; one that makes no table is without problems
 * @param origin behind the name of the table, such as ` of 0001-spans.cql`
 * @returns one line for each
 */
export function tableProblems(
  statement: string,
  tables: TableColumns,
  origin = '',
): readonly string[] {
  const table = tableOf(statement)
  if (table === undefined) return []
  const found = tables.get(table)
  if (found === undefined) return [`table ${table}${origin} is missing`]
  const wanted = [...columnsOf(statement)]
  const missing = wanted.filter(([name]) => !found.has(name)).map(([name]) => name)
  const others = wanted.filter(([name, type]) => (found.get(name) ?? type) !== type)
  return [
    ...(missing.length > 0 ? [`table ${table}${origin} lacks ${missing.join(', ')}`] : []),
    ...others.map(([name, type]) => {
      return `${name} of table ${table}${origin} is ${found.get(name)}, must be ${type}`
    }),
  ]
}
