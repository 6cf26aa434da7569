import type { RowStatement } from '../statement.ts'

/** Rows in one batch: larger ones would hold up the replica's other work. */
const batchRowsMax = 100
/** About so many bytes in one batch that has two rows or more; Cassandra refuses a mutation of 16 MiB. */
const batchBytesMax = 1024 * 1024

/** Columns by which a partition is found, as bytes (cql-bytes.ts): made once for all of its rows. */
export type PartitionKey = readonly Buffer[]

/** Rows of one partition that are stored together. */
export interface PartitionBatch {
  readonly statement: RowStatement
  /** Values of each row, those of the partition first. */
  readonly rows: (readonly unknown[])[]
  /** About what they take. */
  sizeBytes: number
}

/** Rows of one partition. */
export class Partition {
  readonly key: PartitionKey
  readonly keyBytes: number
  readonly batches: PartitionBatch[] = []
  readonly #statement: RowStatement
  #names: Set<string> | undefined
  #span = -1

  constructor(statement: RowStatement, key: PartitionKey) {
    this.#statement = statement
    this.key = key
    this.keyBytes = key.reduce((sum, { length }) => sum + length, 0)
  }

  /** Whether a row of this name comes for the first time. */
  isNew(name: string): boolean {
    this.#names ??= new Set()
    const { size } = this.#names
    return this.#names.add(name).size > size
  }

  /** Whether a span comes for the first time since another one did; costs less than a name. */
  isNewSpan(span: number): boolean {
    if (span === this.#span) return false
    this.#span = span
    return true
  }

  /** @param sizeBytes about what the row takes */
  add(values: readonly unknown[], sizeBytes: number): void {
    const last = this.batches.at(-1)
    const isFull =
      last === undefined ||
      last.rows.length === batchRowsMax ||
      last.sizeBytes + sizeBytes > batchBytesMax
    if (isFull) {
      this.batches.push({ statement: this.#statement, rows: [values], sizeBytes })
      return
    }
    last.rows.push(values)
    last.sizeBytes += sizeBytes
  }
}

/** Partitions of one table by what names them in one request. */
export class Partitions {
  readonly #statement: RowStatement
  readonly #byName = new Map<string, Partition>()

  /** @param statement what stores a row */
  constructor(statement: RowStatement) {
    this.#statement = statement
  }

  /**
   * The partition of a name.
   *
   * @param key asked for once; a name always has the same
   */
  of(name: string, key: () => PartitionKey): Partition {
    const known = this.#byName.get(name)
    if (known !== undefined) return known
    const partition = new Partition(this.#statement, key())
    this.#byName.set(name, partition)
    return partition
  }

  /** Each for one partition, of which there may be several. */
  *batches(): Generator<PartitionBatch, void, void> {
    for (const { batches } of this.#byName.values()) yield* batches
  }
}
