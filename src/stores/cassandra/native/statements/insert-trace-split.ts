import type { Statement } from '../../statement.ts'
import { blob } from '../../statement.ts'

/** Notes in the partition of split 0 that a trace has another split. */
export const insertTraceSplit: Statement<
  [tenant: string, traceId: Uint8Array, split: number, ttlSeconds: number]
> = {
  name: 'insert_trace_split',
  kind: 'write',
  cql: `UPDATE trace_part USING TTL ? SET splits = splits + ?
WHERE tenant = ? AND trace_id = ? AND split = 0`,
  bind: (tenant, traceId, split, ttlSeconds) => [ttlSeconds, [split], tenant, blob(traceId)],
}
