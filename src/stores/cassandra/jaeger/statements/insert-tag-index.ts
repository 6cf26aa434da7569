import type { Statement } from '../../statement.ts'
import type { SpanRow } from '../rows.ts'
import type { IndexedTag } from '../tag-index.ts'

/** Stores by which start a span is found by its service and one of its tags. */
export const insertTagIndex: Statement<[service: string, tag: IndexedTag, row: SpanRow]> = {
  name: 'jaeger_insert_tag_index',
  kind: 'write',
  partitionKey: 3,
  cql: `INSERT INTO tag_index (service_name, tag_key, tag_value, start_time, trace_id, span_id)
VALUES (?, ?, ?, ?, ?, ?)`,
  bind: (service, { key, value }, { startMicros, traceId, spanId }) => [
    service,
    key,
    value,
    startMicros,
    traceId,
    spanId,
  ],
}
