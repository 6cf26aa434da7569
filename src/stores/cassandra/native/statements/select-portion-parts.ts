import type { Statement } from '../../statement.ts'
import { blob } from '../../statement.ts'

/** The parts that one portion brought of a trace, in their order. */
export const selectPortionParts: Statement<
  [tenant: string, traceId: Uint8Array, split: number, block: Uint8Array]
> = {
  name: 'select_portion_parts',
  kind: 'read',
  cql: `SELECT spans FROM trace_part
WHERE tenant = ? AND trace_id = ? AND split = ? AND block = ?`,
  bind: (tenant, traceId, split, block) => [tenant, blob(traceId), split, blob(block)],
}
