import type { Statement } from '../../statement.ts'
import { blob } from '../../statement.ts'

/** Keeps some spans of a trace for good. */
export const insertArchived: Statement<
  [tenant: string, traceId: Uint8Array, part: Uint8Array, spans: Uint8Array]
> = {
  name: 'insert_archived',
  kind: 'write',
  // A default of the table or the keyspace must not let it expire.
  cql: 'INSERT INTO archived_trace (tenant, trace_id, part, spans) VALUES (?, ?, ?, ?) USING TTL 0',
  bind: (tenant, traceId, part, spans) => [tenant, blob(traceId), blob(part), blob(spans)],
}
