import type { RowStatement } from './statement.ts'

/**
 * The bytes whose hash says which nodes have a statement's partition; undefined where the statement does not say
 * what its partition is.
 *
 * @param values as bytes (cql-bytes.ts), those of the partition first
 *
 * Source: Apache Cassandra 5.0, CompositeType: of several columns each has its length in 2 bytes before it, and a 0 after it.
 */
export function routingKeyOf(
  { partitionKey }: RowStatement,
  values: readonly unknown[],
): Buffer | undefined {
  if (partitionKey === undefined) return undefined
  const columns = values.slice(0, partitionKey).map(columnOf)
  const [only] = columns
  if (columns.length === 1) return only
  return Buffer.concat(columns.flatMap((column) => [lengthOf(column), column, end]))
}

const end = Buffer.alloc(1)

function lengthOf(column: Buffer): Buffer {
  const length = Buffer.allocUnsafe(2)
  length.writeUInt16BE(column.length)
  return length
}

function columnOf(value: unknown): Buffer {
  if (Buffer.isBuffer(value)) return value
  throw new TypeError(`Cannot route by a ${typeof value}: it is no bytes`)
}
