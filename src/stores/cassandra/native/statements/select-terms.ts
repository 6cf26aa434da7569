import type { Statement } from '../../statement.ts'
import { blob } from '../../statement.ts'

/** A slice of the terms of a slot's blocks whose ends lie between two times, both included. */
export const selectTerms: Statement<
  [
    tenant: string,
    slot: Uint8Array,
    slice: number,
    range: { readonly minMicros: number; readonly maxMicros: number },
  ]
> = {
  name: 'select_terms',
  kind: 'read',
  cql: `SELECT block, terms FROM block_term
WHERE tenant = ? AND slot = ? AND slice = ? AND max_micros >= ? AND max_micros <= ?`,
  bind: (tenant, slot, slice, { minMicros, maxMicros }) => [
    tenant,
    blob(slot),
    slice,
    BigInt(minMicros),
    BigInt(maxMicros),
  ],
}
