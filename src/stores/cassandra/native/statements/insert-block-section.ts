import type { Statement } from '../../statement.ts'
import { blob } from '../../statement.ts'

/** Stores a section of a block. */
export const insertBlockSection: Statement<
  [tenant: string, block: Uint8Array, section: number, bytes: Uint8Array, ttlSeconds: number]
> = {
  name: 'insert_block',
  kind: 'write',
  cql: 'INSERT INTO block (tenant, block, section, bytes) VALUES (?, ?, ?, ?) USING TTL ?',
  bind: (tenant, block, section, bytes, ttlSeconds) => [
    tenant,
    blob(block),
    section,
    blob(bytes),
    ttlSeconds,
  ],
}
