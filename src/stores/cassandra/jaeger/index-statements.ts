import type { Bound } from '../statement.ts'
import { bound } from '../statement.ts'
import { PartitionBatches } from './partition-batches.ts'
import { weightOf } from './row-slices.ts'
import type { SpanRow } from './rows.ts'
import { insertDurationIndex } from './statements/insert-duration-index.ts'
import { insertServiceNameIndex } from './statements/insert-service-name-index.ts'
import { insertServiceOperationIndex } from './statements/insert-service-operation-index.ts'
import { insertTagIndex } from './statements/insert-tag-index.ts'
import { insertTrace } from './statements/insert-trace.ts'
import type { IndexedTag } from './tag-index.ts'
import { markerTag, tagsOf } from './tag-index.ts'
import type { TagAllowance } from './tag-limits.ts'

/** The statements of one request. */
export interface RequestStatements {
  /** Each for one partition, within what a replica takes at once. */
  readonly batches: readonly (readonly Bound[])[]
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
export function statementsOf(
  rows: Iterable<SpanRow>,
  allowance: TagAllowance,
  stored?: SpanRow,
): RequestStatements {
  const groups = new PartitionBatches()
  let tagsSkipped = 0
  for (const row of rows) {
    const { traceId, spanId, spanHash, startMicros, durationMicros, operationName } = row
    const trace = traceId.toString('latin1')
    const { bytes } = weightOf(row)
    if (row !== stored) {
      groups.add(`t${trace}`, `${spanId} ${spanHash}`, bytes, () => bound(insertTrace, row))
    }
    const service = row.process.service_name ?? ''
    if (service === '' || !isKey(service) || !isKey(operationName)) continue
    const bucket = bucketOf(spanHash)
    const start = String(startMicros)
    const serviceBytes = rowBytes + service.length
    groups.add(`s${bucket} ${service}`, start, serviceBytes, () =>
      bound(insertServiceNameIndex, service, bucket, startMicros, traceId),
    )
    const nameBytes = serviceBytes + operationName.length
    groups.add(`o${service.length} ${service}${operationName}`, start, nameBytes, () =>
      bound(insertServiceOperationIndex, service, operationName, startMicros, traceId),
    )
    const hour = hourOf(startMicros)
    const duration = `${durationMicros} ${start} ${trace}`
    for (const operation of new Set(['', operationName])) {
      const partition = `d${hour.getTime()} ${service.length} ${service}${operation}`
      groups.add(partition, duration, nameBytes, () =>
        bound(insertDurationIndex, service, operation, hour, row),
      )
    }
    const { indexed, indexedCount, skipped } = tagsOf(row)
    tagsSkipped += skipped
    for (const tag of allowed(indexed, indexedCount, allowance)) {
      const partition = `g${service.length} ${service}${tag.key.length} ${tag.key}${tag.value}`
      const tagBytes = serviceBytes + tag.key.length + tag.value.length
      groups.add(partition, `${start} ${spanId} ${trace}`, tagBytes, () =>
        bound(insertTagIndex, service, tag, row),
      )
    }
  }
  return { batches: groups.batches(), tagsSkipped }
}

/** The tags that have a row, and the marker where others have none. */
function* allowed(
  tags: Iterable<IndexedTag>,
  count: number,
  allowance: TagAllowance,
): Iterable<IndexedTag> {
  const most = allowance.take(count)
  if (most < count) yield markerTag
  let taken = 0
  for (const tag of tags) {
    if (taken++ === most) return
    yield tag
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
