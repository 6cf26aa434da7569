import type { Statement } from '../../statement.ts'
import { blob } from '../../statement.ts'

/** Stores which services and names of spans a slot has, before it is closed. */
export const insertSlotNames: Statement<
  [tenant: string, slot: Uint8Array, names: Uint8Array, ttlSeconds: number]
> = {
  name: 'insert_slot_names',
  kind: 'write',
  cql: 'INSERT INTO slot_name (tenant, slot, names) VALUES (?, ?, ?) USING TTL ?',
  bind: (tenant, slot, names, ttlSeconds) => [tenant, blob(slot), blob(names), ttlSeconds],
}
