import type { Statement } from '../../statement.ts'
import { blob } from '../../statement.ts'

/** Takes a slot, before anything is stored in it. */
export const insertSlot: Statement<
  [tenant: string, day: number, slot: Uint8Array, ttlSeconds: number]
> = {
  name: 'insert_slot',
  kind: 'write',
  cql: 'INSERT INTO slot (tenant, day, slot, tail_done) VALUES (?, ?, ?, 0) USING TTL ?',
  bind: (tenant, day, slot, ttlSeconds) => [tenant, day, blob(slot), ttlSeconds],
}
