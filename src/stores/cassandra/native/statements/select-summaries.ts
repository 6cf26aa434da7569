import type { Statement } from '../../statement.ts'
import { blob } from '../../statement.ts'

/** The summaries of a slot's blocks that end between two times, both included, newest first. */
export const selectSummaries: Statement<
  [
    tenant: string,
    slot: Uint8Array,
    range: { readonly oldestMicros: number; readonly newestMicros: number },
  ]
> = {
  name: 'select_summaries',
  kind: 'read',
  cql: `SELECT max_micros, block, terms FROM block_term
WHERE tenant = ? AND slot = ? AND slice = -1 AND max_micros >= ? AND max_micros <= ?`,
  bind: (tenant, slot, { oldestMicros, newestMicros }) => [
    tenant,
    blob(slot),
    BigInt(oldestMicros),
    BigInt(newestMicros),
  ],
}
