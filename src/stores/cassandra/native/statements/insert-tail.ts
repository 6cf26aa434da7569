import type { Statement } from '../../statement.ts'
import { blob } from '../../statement.ts'

/** Stores a small block whole. */
export const insertTail: Statement<
  [tenant: string, slot: Uint8Array, seq: number, block: Uint8Array, ttlSeconds: number]
> = {
  name: 'insert_tail',
  kind: 'write',
  cql: 'INSERT INTO tail (tenant, slot, seq, block) VALUES (?, ?, ?, ?) USING TTL ?',
  bind: (tenant, slot, seq, block, ttlSeconds) => [
    tenant,
    blob(slot),
    seq,
    blob(block),
    ttlSeconds,
  ],
}
