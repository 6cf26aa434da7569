import type { Statement } from '../../statement.ts'

/** The newest span of a service with a name that starts within both bounds. */
export const selectNewestOfOperation: Statement<
  [service: string, operation: string, minMicros: bigint, maxMicros: bigint]
> = {
  name: 'jaeger_select_newest_of_operation',
  kind: 'read',
  cql: `SELECT start_time FROM service_operation_index WHERE service_name = ?
AND operation_name = ? AND start_time >= ? AND start_time <= ? LIMIT 1`,
  bind: (service, operation, minMicros, maxMicros) => [service, operation, minMicros, maxMicros],
}
