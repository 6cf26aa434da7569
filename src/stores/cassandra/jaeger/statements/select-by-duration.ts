import type { Statement } from '../../statement.ts'

/** Spans of an hour by service, name ('' is any) and duration within both bounds, longest first. */
export const selectByDuration: Statement<
  [
    service: string,
    operation: string,
    hour: Date,
    minMicros: bigint,
    maxMicros: bigint,
    rowsMax: number,
  ]
> = {
  name: 'jaeger_select_by_duration',
  kind: 'read',
  cql: `SELECT start_time, trace_id FROM duration_index WHERE service_name = ?
AND operation_name = ? AND bucket = ? AND duration >= ? AND duration <= ? LIMIT ?`,
  bind: (service, operation, hour, minMicros, maxMicros, rowsMax) => [
    service,
    operation,
    hour,
    minMicros,
    maxMicros,
    rowsMax,
  ],
}
