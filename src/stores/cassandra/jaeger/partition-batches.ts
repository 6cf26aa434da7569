import type { Bound } from '../statement.ts'

/** Rows in one batch: larger ones would hold up the replica's other work. */
const batchRowsMax = 100
/** About so many bytes in one batch that has two rows or more; Cassandra refuses a mutation of 16 MiB. */
const batchBytesMax = 1024 * 1024

interface Partition {
  readonly keys: Set<string>
  readonly batches: Bound[][]
  /** Of the last batch. */
  bytes: number
}

/** Rows of one request by partition, in batches; the same row once. */
export class PartitionBatches {
  readonly #partitions = new Map<string, Partition>()

  /**
   * @param key what tells the row from others of its partition
   * @param bytes about the length of the row
   */
  add(name: string, key: string, bytes: number, row: () => Bound): void {
    let partition = this.#partitions.get(name)
    if (partition === undefined) {
      partition = { keys: new Set(), batches: [], bytes: 0 }
      this.#partitions.set(name, partition)
    }
    if (partition.keys.has(key)) return
    partition.keys.add(key)
    const last = partition.batches.at(-1)
    const isFull = last?.length === batchRowsMax || partition.bytes + bytes > batchBytesMax
    if (last === undefined || isFull) {
      partition.batches.push([row()])
      partition.bytes = bytes
      return
    }
    last.push(row())
    partition.bytes += bytes
  }

  /** Each for one partition, of which there may be several. */
  batches(): readonly (readonly Bound[])[] {
    return [...this.#partitions.values()].flatMap(({ batches }) => batches)
  }
}
