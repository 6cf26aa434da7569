import type { Statement } from '../../statement.ts'

/** The newest span of each tenth of a service that starts within both bounds. */
export const selectNewestOfService: Statement<
  [service: string, minMicros: bigint, maxMicros: bigint]
> = {
  name: 'jaeger_select_newest_of_service',
  kind: 'read',
  cql: `SELECT start_time FROM service_name_index
WHERE service_name = ? AND bucket IN (0, 1, 2, 3, 4, 5, 6, 7, 8, 9) AND start_time >= ?
AND start_time <= ? PER PARTITION LIMIT 1`,
  bind: (service, minMicros, maxMicros) => [service, minMicros, maxMicros],
}
