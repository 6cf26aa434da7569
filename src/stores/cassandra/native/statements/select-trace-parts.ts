import type { Statement } from '../../statement.ts'
import { blob } from '../../statement.ts'

/** All parts of a trace in one split, and in split 0 which others there are. */
export const selectTraceParts: Statement<[tenant: string, traceId: Uint8Array, split: number]> = {
  name: 'select_trace_parts',
  kind: 'read',
  cql: `SELECT block, splits, arrival_ms, spans FROM trace_part
WHERE tenant = ? AND trace_id = ? AND split = ?`,
  bind: (tenant, traceId, split) => [tenant, blob(traceId), split],
}
