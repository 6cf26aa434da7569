import type { Statement } from '../../statement.ts'
import { blob } from '../../statement.ts'

/** Which services and names of spans a closed slot has; no row where there are too many. */
export const selectSlotNames: Statement<[tenant: string, slot: Uint8Array]> = {
  name: 'select_slot_names',
  kind: 'read',
  cql: 'SELECT names FROM slot_name WHERE tenant = ? AND slot = ?',
  bind: (tenant, slot) => [tenant, blob(slot)],
}
