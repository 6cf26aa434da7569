import type { Statement } from '../../statement.ts'
import { blob } from '../../statement.ts'

/** Notes that nothing more comes into a slot, all its tail is in blocks, and which starts it has. */
export const closeSlot: Statement<
  [
    key: { readonly tenant: string; readonly day: number; readonly slot: Uint8Array },
    range: { readonly minMicros: number; readonly maxMicros: number },
    tailDone: number,
    ttlSeconds: number,
  ]
> = {
  name: 'close_slot',
  kind: 'write',
  cql: `UPDATE slot USING TTL ? SET min_micros = ?, max_micros = ?, tail_done = ?
WHERE tenant = ? AND day = ? AND slot = ?`,
  bind: ({ tenant, day, slot }, { minMicros, maxMicros }, tailDone, ttlSeconds) => [
    ttlSeconds,
    BigInt(minMicros),
    BigInt(maxMicros),
    tailDone,
    tenant,
    day,
    blob(slot),
  ],
}
