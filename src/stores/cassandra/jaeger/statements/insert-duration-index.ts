import type { Statement } from '../../statement.ts'
import type { PartitionKey } from '../partition-batches.ts'
import type { SpanKeys } from '../span-keys.ts'

/**
 * Stores by which duration a span is found. The partition: its service, its name, '' being any, and the hour nearest to
 * its start.
 */
export const insertDurationIndex: Statement<[partition: PartitionKey, span: SpanKeys]> = {
  name: 'jaeger_insert_duration_index',
  kind: 'write',
  partitionKey: 3,
  cql: `INSERT INTO duration_index (service_name, operation_name, bucket, duration, start_time,
trace_id) VALUES (?, ?, ?, ?, ?, ?)`,
  bind: (partition, { duration, start, traceId }) => [...partition, duration, start, traceId],
}
