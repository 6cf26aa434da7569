import type { Statement } from '../../statement.ts'
import { blob } from '../../statement.ts'

/** The summaries of a slot's blocks that end at a time or later, newest first. */
export const selectSummaries: Statement<[tenant: string, slot: Uint8Array, minMicros: number]> = {
  name: 'select_summaries',
  kind: 'read',
  cql: `SELECT max_micros, block, terms FROM block_term
WHERE tenant = ? AND slot = ? AND slice = -1 AND max_micros >= ?`,
  bind: (tenant, slot, minMicros) => [tenant, blob(slot), BigInt(minMicros)],
}
