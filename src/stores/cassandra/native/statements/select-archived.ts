import type { Statement } from '../../statement.ts'
import { blob } from '../../statement.ts'

/** All that is kept of a trace for good. */
export const selectArchived: Statement<[tenant: string, traceId: Uint8Array]> = {
  name: 'select_archived',
  kind: 'read',
  cql: 'SELECT spans FROM archived_trace WHERE tenant = ? AND trace_id = ?',
  bind: (tenant, traceId) => [tenant, blob(traceId)],
}
