import type { Statement } from '../../statement.ts'

/** The slots of what arrived on a day. */
export const selectSlots: Statement<[tenant: string, day: number]> = {
  name: 'select_slots',
  kind: 'read',
  cql: 'SELECT slot, min_micros, max_micros, tail_done FROM slot WHERE tenant = ? AND day = ?',
  bind: (tenant, day) => [tenant, day],
}
