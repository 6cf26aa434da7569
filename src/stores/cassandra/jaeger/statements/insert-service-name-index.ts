import type { Statement } from '../../statement.ts'
import type { PartitionKey } from '../partition-batches.ts'
import type { SpanKeys } from '../span-keys.ts'

/** Stores by which start a span is found in a tenth of its service, which are the partition. */
export const insertServiceNameIndex: Statement<[partition: PartitionKey, span: SpanKeys]> = {
  name: 'jaeger_insert_service_name_index',
  kind: 'write',
  partitionKey: 2,
  cql: `INSERT INTO service_name_index (service_name, bucket, start_time, trace_id)
VALUES (?, ?, ?, ?)`,
  bind: (partition, { start, traceId }) => [...partition, start, traceId],
}
