import { bigintBytes, intBytes } from '../cql-bytes.ts'
import type { Partition, PartitionBatch } from './partition-batches.ts'
import { Partitions } from './partition-batches.ts'
import { storedBytesOf } from './row-slices.ts'
import type { KeyValueRow, SpanRow } from './rows.ts'
import type { SpanKeys } from './span-keys.ts'
import { spanKeysOf } from './span-keys.ts'
import { insertDurationIndex } from './statements/insert-duration-index.ts'
import { insertServiceNameIndex } from './statements/insert-service-name-index.ts'
import { insertServiceOperationIndex } from './statements/insert-service-operation-index.ts'
import { insertTagIndex } from './statements/insert-tag-index.ts'
import { insertTrace } from './statements/insert-trace.ts'
import { indexedTagOf, isIndexed, isText, markerTag } from './tag-index.ts'
import type { TagAllowance } from './tag-limits.ts'
import { TagPartitions } from './tag-partitions.ts'

/** The rows of one request. */
export interface RequestRows {
  /** Each for one partition, within what a replica takes at once. */
  readonly batches: readonly PartitionBatch[]
  /** Tags that the index does not take. */
  readonly tagsSkipped: number
}

/** A longer text can be no key of Cassandra's; such a span is found by its trace id alone. */
const keyBytesMax = 30_000

/**
 * What Jaeger's writer stores of spans, apart from names: each row once, grouped by its partition, so
 * that a partition is one request to its replicas.
 *
 * Source: jaeger v2.20.0, internal/storage/v1/cassandra/spanstore/writer.go.
 *
 * @param allowance rows that the request may have in `tag_index`; a span that needs more has one that says so
 * @param stored a row that is in `traces` already
 */
export function requestRowsOf(
  rows: Iterable<SpanRow>,
  allowance: TagAllowance,
  stored?: SpanRow,
): RequestRows {
  const traces = new Partitions(insertTrace)
  const indexes = new IndexRows(allowance)
  for (const row of rows) {
    const { traceId, spanId, spanHash } = row
    const keys = spanKeysOf(row)
    const trace = traces.of(traceId.toString('latin1'), () => [traceId])
    // The same span once more has the same rows.
    if (!trace.isNew(`${spanId} ${spanHash}`)) continue
    if (row !== stored) {
      const values = insertTrace.bind(row, keys)
      trace.add(values, storedBytesOf(row, values))
    }
    const service = row.process.service_name ?? ''
    if (service === '' || !isKey(service) || !isKey(row.operationName)) continue
    indexes.add(row, keys, service)
  }
  return {
    batches: [...traces.batches(), ...indexes.batches()],
    tagsSkipped: indexes.tagsSkipped,
  }
}

/** Gathers the rows by which spans of one request are found. */
class IndexRows {
  tagsSkipped = 0
  readonly #allowance: TagAllowance
  readonly #buckets = new Partitions(insertServiceNameIndex)
  readonly #operations = new Partitions(insertServiceOperationIndex)
  readonly #durations = new Partitions(insertDurationIndex)
  readonly #tags = new TagPartitions()
  #spans = 0

  constructor(allowance: TagAllowance) {
    this.#allowance = allowance
  }

  batches(): readonly PartitionBatch[] {
    const all = [this.#buckets, this.#operations, this.#durations, this.#tags]
    return all.flatMap((partitions) => [...partitions.batches()])
  }

  add(row: SpanRow, keys: SpanKeys, service: string): void {
    const { startMicros, durationMicros, operationName } = row
    const start = String(startMicros)
    const text = this.#tags.textOf(service)
    const bucket = bucketOf(row.spanHash)
    const ofBucket = this.#buckets.of(`${bucket} ${service}`, () => [text, intBytes(bucket)])
    if (ofBucket.isNew(start)) {
      ofBucket.add(insertServiceNameIndex.bind(ofBucket.key, keys), rowBytes + ofBucket.keyBytes)
    }
    const ofName = this.#operations.of(`${service.length} ${service}${operationName}`, () => [
      text,
      this.#tags.textOf(operationName),
    ])
    if (ofName.isNew(start)) {
      ofName.add(insertServiceOperationIndex.bind(ofName.key, keys), rowBytes + ofName.keyBytes)
    }
    const hour = hourOf(startMicros).getTime()
    const duration = `${durationMicros} ${start} ${row.traceId.toString('latin1')}`
    for (const operation of operationName === '' ? [''] : ['', operationName]) {
      const name = `${hour} ${service.length} ${service}${operation}`
      const ofHour = this.#durations.of(name, () => [
        text,
        this.#tags.textOf(operation),
        bigintBytes(BigInt(hour)),
      ])
      if (ofHour.isNew(duration)) {
        ofHour.add(insertDurationIndex.bind(ofHour.key, keys), rowBytes + ofHour.keyBytes)
      }
    }
    this.#addTags(row, keys, service)
  }

  /** Rows for the tags that may have one, the span's own first, and the marker where others have none. */
  #addTags(row: SpanRow, keys: SpanKeys, service: string): void {
    const span = this.#spans++
    const { shared, skipped } = this.#tags.ofProcess(service, row.process)
    const own: Partition[] = []
    let ownSkipped = 0
    const look = (tag: KeyValueRow): void => {
      if (!isText(tag)) return
      const indexed = indexedTagOf(tag)
      if (!isIndexed(indexed)) {
        ownSkipped += 1
        return
      }
      const partition = this.#tags.of(service, indexed)
      if (partition.isNewSpan(span) && !shared.has(partition)) own.push(partition)
    }
    for (const tag of row.tags) look(tag)
    for (const { fields } of row.logs) for (const tag of fields ?? []) look(tag)
    this.tagsSkipped += skipped + ownSkipped
    const add = (partition: Partition): void => {
      partition.add(insertTagIndex.bind(partition.key, keys), rowBytes + partition.keyBytes)
    }
    const count = own.length + shared.size
    let left = this.#allowance.take(count)
    if (left < count) add(this.#tags.of(service, markerTag))
    for (const partitions of [own, shared]) {
      for (const partition of partitions) {
        if (left-- <= 0) return
        add(partition)
      }
    }
  }
}

/** In which tenth of its service a span is listed. */
export function bucketOf(spanHash: bigint): number {
  return Number(BigInt.asUintN(64, spanHash) % buckets)
}

/** The hour nearest to a start, half past belonging to the next one. */
export function hourOf(startMicros: bigint): Date {
  return new Date(Number((startMicros + hourMicros / 2n) / hourMicros) * hourMs)
}

/** Whether a text can be a key. */
export function isKey(text: string): boolean {
  return text.length < keyBytesMax / 3 || Buffer.byteLength(text) < keyBytesMax
}

const buckets = 10n
/** Of a row of an index, without its texts. */
const rowBytes = 100
const hourMs = 3_600_000
const hourMicros = 3_600_000_000n
