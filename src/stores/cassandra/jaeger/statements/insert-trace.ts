import type { Statement } from '../../statement.ts'
import type { SpanRow } from '../rows.ts'

/** Stores a span. */
export const insertTrace: Statement<[row: SpanRow]> = {
  name: 'jaeger_insert_trace',
  kind: 'write',
  partitionKey: 1,
  cql: `INSERT INTO traces (trace_id, span_id, span_hash, parent_id, operation_name, flags,
start_time, duration, tags, logs, refs, process) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  bind: (row) => [
    row.traceId,
    row.spanId,
    row.spanHash,
    row.parentId,
    row.operationName,
    row.flags,
    row.startMicros,
    row.durationMicros,
    row.tags,
    row.logs,
    row.refs,
    row.process,
  ],
}
