import { CqlWriter, unset } from '../cql-bytes.ts'
import type { KeyValueRow, LogRow, ProcessRow, ReferenceRow } from './rows.ts'

// Columns of `traces` that are lists and user-defined types, as bytes. A span has some twenty tags of seven fields:
// what the driver takes for them is half of what it takes for the whole row. Fields stand in the order of Jaeger's
// types, which never changes, as types can be added to at their end alone; table-facts.ts looks at it.

/** Used by one value at a time. */
const writer = new CqlWriter()

/** A `list<frozen<keyvalue>>`. */
export function tagsValue(tags: readonly KeyValueRow[]): unknown {
  return listValue(tags, writeKeyValue)
}

/** A `list<frozen<log>>`. */
export function logsValue(logs: readonly LogRow[]): unknown {
  return listValue(logs, writeLog)
}

/** A `list<frozen<span_ref>>`. */
export function referencesValue(references: readonly ReferenceRow[]): unknown {
  return listValue(references, writeReference)
}

/** Spans of one group share the object of their process. */
const ofProcesses = new WeakMap<ProcessRow, Buffer>()

/** A `frozen<process>`. */
export function processValue(process: ProcessRow): Buffer {
  const known = ofProcesses.get(process)
  if (known !== undefined) return known
  const value = writer.value(() => {
    writer.text(process.service_name)
    writeFields(process.tags)
  })
  ofProcesses.set(process, value)
  return value
}

/**
 * An empty list is the same as none; `null` would be a tombstone in the row. A row that is written again has the same
 * lists, as its key has a hash of them.
 */
function listValue<Item>(items: readonly Item[], write: (item: Item) => void): unknown {
  if (items.length === 0) return unset
  return writer.value(() => writeList(items, write))
}

function writeList<Item>(items: readonly Item[], write: (item: Item) => void): void {
  writer.count(items.length)
  for (const item of items) writer.nested(() => write(item))
}

/** The list in a log or a process; none where it is empty. */
function writeFields(fields: readonly KeyValueRow[] | null): void {
  if (fields === null || fields.length === 0) writer.nulls(1)
  else writer.nested(() => writeList(fields, writeKeyValue))
}

function writeKeyValue(row: KeyValueRow): void {
  writer.text(row.key)
  writer.text(row.value_type)
  switch (row.value_type) {
    case 'string':
      writer.text(row.value_string ?? null)
      writer.nulls(4)
      break
    case 'bool':
      writer.nulls(1)
      writer.boolean(row.value_bool ?? false)
      writer.nulls(3)
      break
    case 'int64':
      writer.nulls(2)
      writer.bigint(row.value_long ?? null)
      writer.nulls(2)
      break
    case 'float64':
      writer.nulls(3)
      writer.double(row.value_double ?? 0)
      writer.nulls(1)
      break
    default:
      writer.nulls(4)
      writer.blob(row.value_binary ?? null)
  }
}

function writeLog({ ts, fields }: LogRow): void {
  writer.bigint(ts)
  writeFields(fields)
}

function writeReference({ ref_type, trace_id, span_id }: ReferenceRow): void {
  writer.text(ref_type)
  writer.blob(trace_id)
  writer.bigint(span_id)
}
