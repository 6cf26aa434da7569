import type { KeyValueRow, ProcessRow, SpanRow } from './rows.ts'

/** What a slice may weigh. */
export interface SliceLimits {
  readonly spans: number
  /** Of all tables. */
  readonly rows: number
  /** Of the table `traces`. */
  readonly bytes: number
}

/** So much is made into statements at once: one span may have some thousand rows, or some MiB. */
export const sliceLimits: SliceLimits = { spans: 1000, rows: 20_000, bytes: 4 * 1024 * 1024 }

/** What storing a span takes, at most about. */
export interface SpanWeight {
  /** Of all tables. */
  readonly rows: number
  /** Of its row of `traces`, in which its process is. */
  readonly bytes: number
}

/** Rows in their order, in slices that end with the row which reaches a limit. */
export function* slicesOf(
  rows: Iterable<SpanRow>,
  limits = sliceLimits,
): Generator<readonly SpanRow[], void, undefined> {
  let slice: SpanRow[] = []
  let rowCount = 0
  let byteCount = 0
  for (const row of rows) {
    const weight = weightOf(row)
    slice.push(row)
    rowCount += weight.rows
    byteCount += weight.bytes
    if (slice.length < limits.spans && rowCount < limits.rows && byteCount < limits.bytes) continue
    yield slice
    slice = []
    rowCount = 0
    byteCount = 0
  }
  if (slice.length > 0) yield slice
}

/** What a span weighs; texts count by their UTF-16 units. */
export function weightOf({ process, tags, logs, refs, operationName }: SpanRow): SpanWeight {
  const { rows, bytes } = weightOfProcess(process)
  const sum = { rows: rows + spanRows, bytes: bytes + rowBytes + operationName.length }
  sum.bytes += refs.length * referenceBytes
  addTags(sum, tags)
  for (const { fields } of logs) {
    sum.bytes += valueBytes
    addTags(sum, fields ?? [])
  }
  return sum
}

/**
 * About what a row of `traces` takes in Cassandra: its values, and for each element of a list a cell of its own.
 *
 * @param values of the row, as bytes
 */
export function storedBytesOf({ tags, logs, refs }: SpanRow, values: readonly unknown[]): number {
  const cells = tags.length + logs.length + refs.length
  return values.reduce<number>(
    (sum, value) => sum + (Buffer.isBuffer(value) ? value.length : 0),
    rowBytes + cells * cellBytes,
  )
}

/** Spans of one group share the object of their process. */
const ofProcesses = new WeakMap<ProcessRow, SpanWeight>()

/** The part of a span's weight that its process has. */
export function weightOfProcess(process: ProcessRow): SpanWeight {
  const known = ofProcesses.get(process)
  if (known !== undefined) return known
  const sum = { rows: 0, bytes: process.service_name?.length ?? 0 }
  addTags(sum, process.tags ?? [])
  ofProcesses.set(process, sum)
  return sum
}

function addTags(sum: { rows: number; bytes: number }, tags: readonly KeyValueRow[]): void {
  sum.rows += tags.length
  for (const { key, value_string, value_binary } of tags) {
    const length = value_string?.length ?? value_binary?.length ?? 0
    sum.bytes += valueBytes + (key?.length ?? 0) + length
  }
}

/** In `traces`, `service_name_index`, `service_operation_index`, and twice in `duration_index`. */
const spanRows = 5
const rowBytes = 200
const referenceBytes = 60
/** Of a cell in a list, without its value: its key, and when it was written and expires. */
const cellBytes = 36
/** Of the fields of a tag with their lengths, without key and value. */
const valueBytes = 60
