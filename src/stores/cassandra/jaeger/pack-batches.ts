import type { Bound } from '../statement.ts'

/**
 * From this many partitions in one batch on Cassandra warns (`unlogged_batch_across_partitions_warn_threshold`, 10
 * are still allowed).
 */
const partitionsMax = 10
/** Less than where Cassandra warns of a batch with several partitions (`batch_size_warn_threshold`, 5 KiB). */
const bytesMax = 4 * 1024
/** Of a value in a row, with its length and time. */
const valueBytes = 12

interface Pack {
  readonly statements: Bound[]
  partitions: number
  bytes: number
}

/**
 * Puts small batches together that the same nodes store: a request to Cassandra costs gateway and node more than
 * the rows of an index in it. What a batch may be before Cassandra warns is kept to; larger batches stay alone.
 *
 * @param batches each for one partition, their first statements naming the table
 * @param ownersOf the nodes that have the partition of a statement; batches of different nodes stay apart, so that
 *   whichever of its nodes a batch goes to has all of it
 */
export function packBatches(
  batches: readonly (readonly Bound[])[],
  ownersOf: (statement: Bound) => string,
): readonly (readonly Bound[])[] {
  const packed: (readonly Bound[])[] = []
  const open = new Map<string, Pack>()
  for (const batch of batches) {
    const bytes = batch.reduce((sum, { values }) => sum + bytesOf(values), 0)
    const [first] = batch
    if (first === undefined) continue
    if (bytes > bytesMax / 2) {
      packed.push(batch)
      continue
    }
    const key = `${first.name} ${ownersOf(first)}`
    let pack = open.get(key)
    if (pack === undefined || pack.partitions === partitionsMax || pack.bytes + bytes > bytesMax) {
      pack = { statements: [], partitions: 0, bytes: 0 }
      open.set(key, pack)
      packed.push(pack.statements)
    }
    pack.statements.push(...batch)
    pack.partitions += 1
    pack.bytes += bytes
  }
  return packed
}

/** About what a row of an index takes; that of a span has lists besides, and counts as large. */
function bytesOf(values: readonly unknown[]): number {
  let bytes = 0
  for (const value of values) {
    if (typeof value === 'string' || value instanceof Uint8Array) bytes += valueBytes + value.length
    else bytes += typeof value === 'object' && !(value instanceof Date) ? bytesMax : valueBytes
  }
  return bytes
}
