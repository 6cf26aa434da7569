import type { Statement } from '../../statement.ts'

/** All spans of a trace. */
export const selectTrace: Statement<[traceId: Buffer]> = {
  name: 'jaeger_select_trace',
  kind: 'read',
  cql: `SELECT trace_id, span_id, span_hash, parent_id, operation_name, flags, start_time, duration,
tags, logs, refs, process FROM traces WHERE trace_id = ?`,
  bind: (traceId) => [traceId],
}
