import type { Statement } from '../../statement.ts'

/** Stores by which start a span is found by its service and name. */
export const insertServiceOperationIndex: Statement<
  [service: string, operation: string, startMicros: bigint, traceId: Buffer]
> = {
  name: 'jaeger_insert_service_operation_index',
  kind: 'write',
  partitionKey: 2,
  cql: `INSERT INTO service_operation_index (service_name, operation_name, start_time, trace_id)
VALUES (?, ?, ?, ?)`,
  bind: (service, operation, startMicros, traceId) => [service, operation, startMicros, traceId],
}
