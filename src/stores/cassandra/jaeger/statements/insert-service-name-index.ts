import type { Statement } from '../../statement.ts'

/** Stores by which start a span is found in a tenth of its service. */
export const insertServiceNameIndex: Statement<
  [service: string, bucket: number, startMicros: bigint, traceId: Buffer]
> = {
  name: 'jaeger_insert_service_name_index',
  kind: 'write',
  partitionKey: 2,
  cql: `INSERT INTO service_name_index (service_name, bucket, start_time, trace_id)
VALUES (?, ?, ?, ?)`,
  bind: (service, bucket, startMicros, traceId) => [service, bucket, startMicros, traceId],
}
