import type { Statement } from '../../statement.ts'
import { blob } from '../../statement.ts'

/** Stores a slice of a block's terms, or its summary. */
export const insertBlockTerm: Statement<
  [
    key: {
      readonly tenant: string
      readonly slot: Uint8Array
      readonly slice: number
      readonly maxMicros: number
      readonly block: Uint8Array
    },
    terms: Uint8Array,
    ttlSeconds: number,
  ]
> = {
  name: 'insert_block_term',
  kind: 'write',
  cql: `INSERT INTO block_term (tenant, slot, slice, max_micros, block, terms)
VALUES (?, ?, ?, ?, ?, ?) USING TTL ?`,
  bind: ({ tenant, slot, slice, maxMicros, block }, terms, ttlSeconds) => [
    tenant,
    blob(slot),
    slice,
    BigInt(maxMicros),
    blob(block),
    blob(terms),
    ttlSeconds,
  ],
}
