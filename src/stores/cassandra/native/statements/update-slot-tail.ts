import type { Statement } from '../../statement.ts'
import { blob } from '../../statement.ts'

/** Notes that the tail of a slot is in blocks too, up to a row. */
export const updateSlotTail: Statement<
  [tenant: string, day: number, slot: Uint8Array, tailDone: number, ttlSeconds: number]
> = {
  name: 'update_slot_tail',
  kind: 'write',
  cql: 'UPDATE slot USING TTL ? SET tail_done = ? WHERE tenant = ? AND day = ? AND slot = ?',
  bind: (tenant, day, slot, tailDone, ttlSeconds) => [
    ttlSeconds,
    tailDone,
    tenant,
    day,
    blob(slot),
  ],
}
