import { textBytes } from '../cql-bytes.ts'
import type { PartitionBatch } from './partition-batches.ts'
import { Partition } from './partition-batches.ts'
import type { ProcessRow } from './rows.ts'
import { insertTagIndex } from './statements/insert-tag-index.ts'
import type { IndexedTag } from './tag-index.ts'
import { indexedTagOf, isIndexed, isText } from './tag-index.ts'

/** What the tags of a process are to its spans. */
export interface ProcessPartitions {
  readonly shared: ReadonlySet<Partition>
  /** How many tags are not indexed. */
  readonly skipped: number
}

/** Partitions of `tag_index` that a request has rows in. Every span looks for some twenty of them. */
export class TagPartitions {
  /** By service, key and value. */
  readonly #services = new Map<string, Map<string, Map<string, Partition>>>()
  readonly #ofProcesses = new Map<ProcessRow, ProcessPartitions>()
  readonly #texts = new Map<string, Buffer>()

  /** The spans of a service with a tag. */
  of(service: string, { key, value }: IndexedTag): Partition {
    const values = childOf(childOf(this.#services, service), key)
    const known = values.get(value)
    if (known !== undefined) return known
    const bytes = [this.textOf(service), this.textOf(key), textBytes(value)]
    const partition = new Partition(insertTagIndex, bytes)
    values.set(value, partition)
    return partition
  }

  /** Those of the tags of a process, which all of its spans have. */
  ofProcess(service: string, process: ProcessRow): ProcessPartitions {
    const known = this.#ofProcesses.get(process)
    if (known !== undefined) return known
    const tags = (process.tags ?? []).filter(isText).map(indexedTagOf)
    const indexed = tags.filter(isIndexed)
    const shared = new Set(indexed.map((tag) => this.of(service, tag)))
    const partitions = { shared, skipped: tags.length - indexed.length }
    this.#ofProcesses.set(process, partitions)
    return partitions
  }

  /** The bytes of a text that comes often. */
  textOf(text: string): Buffer {
    const known = this.#texts.get(text)
    if (known !== undefined) return known
    const bytes = textBytes(text)
    this.#texts.set(text, bytes)
    return bytes
  }

  *batches(): Generator<PartitionBatch, void, void> {
    for (const keys of this.#services.values()) {
      for (const values of keys.values()) {
        for (const { batches } of values.values()) yield* batches
      }
    }
  }
}

function childOf<Child>(parent: Map<string, Map<string, Child>>, name: string): Map<string, Child> {
  const known = parent.get(name)
  if (known !== undefined) return known
  const child = new Map<string, Child>()
  parent.set(name, child)
  return child
}
