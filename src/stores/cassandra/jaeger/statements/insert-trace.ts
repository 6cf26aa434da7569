import { bigintBytes, intBytes, textBytes } from '../../cql-bytes.ts'
import type { Statement } from '../../statement.ts'
import { logsValue, processValue, referencesValue, tagsValue } from '../row-values.ts'
import type { SpanRow } from '../rows.ts'
import type { SpanKeys } from '../span-keys.ts'

/** Stores a span. */
export const insertTrace: Statement<[row: SpanRow, keys: SpanKeys]> = {
  name: 'jaeger_insert_trace',
  kind: 'write',
  // It has three lists.
  timedBy: 'cluster',
  partitionKey: 1,
  cql: `INSERT INTO traces (trace_id, span_id, span_hash, parent_id, operation_name, flags,
start_time, duration, tags, logs, refs, process) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  bind: (row, { traceId, spanId, start, duration }) => [
    traceId,
    spanId,
    bigintBytes(row.spanHash),
    bigintBytes(row.parentId),
    textBytes(row.operationName),
    intBytes(row.flags),
    start,
    duration,
    tagsValue(row.tags),
    logsValue(row.logs),
    referencesValue(row.refs),
    processValue(row.process),
  ],
}
