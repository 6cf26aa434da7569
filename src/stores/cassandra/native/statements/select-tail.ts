import type { Statement } from '../../statement.ts'
import { blob } from '../../statement.ts'

/** The small blocks of a slot that are in no other block. */
export const selectTail: Statement<[tenant: string, slot: Uint8Array, tailDone: number]> = {
  name: 'select_tail',
  kind: 'read',
  cql: 'SELECT block FROM tail WHERE tenant = ? AND slot = ? AND seq > ?',
  bind: (tenant, slot, tailDone) => [tenant, blob(slot), tailDone],
}
