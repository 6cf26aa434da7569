import type { Statement } from '../../statement.ts'
import type { PartitionKey } from '../partition-batches.ts'
import type { SpanKeys } from '../span-keys.ts'

/** Stores by which start a span is found by its service and one of its tags, which are the partition. */
export const insertTagIndex: Statement<[partition: PartitionKey, span: SpanKeys]> = {
  name: 'jaeger_insert_tag_index',
  kind: 'write',
  partitionKey: 3,
  cql: `INSERT INTO tag_index (service_name, tag_key, tag_value, start_time, trace_id, span_id)
VALUES (?, ?, ?, ?, ?, ?)`,
  bind: (partition, { start, traceId, spanId }) => [...partition, start, traceId, spanId],
}
