import type { Statement } from '../../statement.ts'

/** Spans of a tenth of a service that start within both bounds, newest first. */
export const selectByService: Statement<
  [service: string, bucket: number, minMicros: bigint, maxMicros: bigint]
> = {
  name: 'jaeger_select_by_service',
  kind: 'read',
  cql: `SELECT start_time, trace_id FROM service_name_index
WHERE service_name = ? AND bucket = ? AND start_time >= ? AND start_time <= ?`,
  bind: (service, bucket, minMicros, maxMicros) => [service, bucket, minMicros, maxMicros],
}
