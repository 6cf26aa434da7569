import type { Statement } from '../../statement.ts'
import type { PartitionKey } from '../partition-batches.ts'
import type { SpanKeys } from '../span-keys.ts'

/** Stores by which start a span is found by its service and name, which are the partition. */
export const insertServiceOperationIndex: Statement<[partition: PartitionKey, span: SpanKeys]> = {
  name: 'jaeger_insert_service_operation_index',
  kind: 'write',
  partitionKey: 2,
  cql: `INSERT INTO service_operation_index (service_name, operation_name, start_time, trace_id)
VALUES (?, ?, ?, ?)`,
  bind: (partition, { start, traceId }) => [...partition, start, traceId],
}
