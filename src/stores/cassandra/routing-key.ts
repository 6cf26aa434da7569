import type { Bound } from './statement.ts'

/**
 * The bytes whose hash says which nodes have a statement's partition; undefined where the statement does not say
 * what its partition is.
 *
 * Source: Apache Cassandra 5.0, CompositeType: of several columns each has its length in 2 bytes before it, and a 0 after it.
 */
export function routingKeyOf({ partitionKey, values }: Bound): Buffer | undefined {
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

/** As Cassandra keeps text, int, timestamp and blob. */
function columnOf(value: unknown): Buffer {
  if (typeof value === 'string') return Buffer.from(value)
  if (Buffer.isBuffer(value)) return value
  if (typeof value === 'number') {
    const bytes = Buffer.allocUnsafe(4)
    bytes.writeInt32BE(value)
    return bytes
  }
  if (value instanceof Date) {
    const bytes = Buffer.allocUnsafe(8)
    bytes.writeBigInt64BE(BigInt(value.getTime()))
    return bytes
  }
  throw new TypeError(`Cannot route by a ${typeof value}`)
}
