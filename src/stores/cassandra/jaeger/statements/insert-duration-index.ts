import type { Statement } from '../../statement.ts'
import type { SpanRow } from '../rows.ts'

/** Stores by which duration a span is found, in the hour nearest to its start; '' is any name. */
export const insertDurationIndex: Statement<
  [service: string, operation: string, hour: Date, row: SpanRow]
> = {
  name: 'jaeger_insert_duration_index',
  kind: 'write',
  partitionKey: 3,
  cql: `INSERT INTO duration_index (service_name, operation_name, bucket, duration, start_time,
trace_id) VALUES (?, ?, ?, ?, ?, ?)`,
  bind: (service, operation, hour, { durationMicros, startMicros, traceId }) => [
    service,
    operation,
    hour,
    durationMicros,
    startMicros,
    traceId,
  ],
}
