import type { Statement } from '../../statement.ts'

/** Spans of a service with a name that start within both bounds, newest first. */
export const selectByOperation: Statement<
  [service: string, operation: string, minMicros: bigint, maxMicros: bigint]
> = {
  name: 'jaeger_select_by_operation',
  kind: 'read',
  cql: `SELECT start_time, trace_id FROM service_operation_index
WHERE service_name = ? AND operation_name = ? AND start_time >= ? AND start_time <= ?`,
  bind: (service, operation, minMicros, maxMicros) => [service, operation, minMicros, maxMicros],
}
