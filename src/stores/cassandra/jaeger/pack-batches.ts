import type { RowStatement } from '../statement.ts'
import type { PartitionBatch } from './partition-batches.ts'

/**
 * From this many partitions in one batch on Cassandra warns (`unlogged_batch_across_partitions_warn_threshold`, 10
 * are still allowed).
 */
const partitionsMax = 10
/** Less than where Cassandra warns of a batch with several partitions (`batch_size_warn_threshold`, 5 KiB). */
const bytesMax = 4 * 1024

/** Rows of one table that are stored by one request to Cassandra. */
export interface RowPack {
  readonly statement: RowStatement
  readonly rows: readonly (readonly unknown[])[]
}

interface OpenPack {
  readonly statement: RowStatement
  readonly rows: (readonly unknown[])[]
  partitions: number
  sizeBytes: number
}

/** The nodes that have the partition of a row. */
export type OwnersOf = (statement: RowStatement, row: readonly unknown[]) => string

/**
 * Puts small batches together that the same nodes store: a request to Cassandra costs gateway and node more than
 * the rows of an index in it. What a batch may be before Cassandra warns is kept to; larger batches stay alone.
 *
 * @param ownersOf batches of different nodes stay apart, so that whichever of its nodes a batch goes to has all of it
 */
export function packBatches(
  batches: Iterable<PartitionBatch>,
  ownersOf: OwnersOf,
): readonly RowPack[] {
  const packed: RowPack[] = []
  const open = new Map<string, OpenPack>()
  for (const batch of batches) {
    const { statement, rows, sizeBytes } = batch
    const [first] = rows
    if (first === undefined) continue
    if (sizeBytes > bytesMax / 2) {
      packed.push(batch)
      continue
    }
    const key = `${statement.name} ${ownersOf(statement, first)}`
    let pack = open.get(key)
    const isFull =
      pack?.partitions === partitionsMax || (pack?.sizeBytes ?? 0) + sizeBytes > bytesMax
    if (pack === undefined || isFull) {
      pack = { statement, rows: [], partitions: 0, sizeBytes: 0 }
      open.set(key, pack)
      packed.push(pack)
    }
    pack.rows.push(...rows)
    pack.partitions += 1
    pack.sizeBytes += sizeBytes
  }
  return packed
}
