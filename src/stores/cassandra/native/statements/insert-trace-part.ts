import type { Statement } from '../../statement.ts'
import { blob } from '../../statement.ts'

/** Stores what one portion brought of one trace. */
export const insertTracePart: Statement<
  [
    row: {
      readonly tenant: string
      readonly traceId: Uint8Array
      readonly split: number
      readonly block: Uint8Array
      readonly part: number
      readonly arrivalUnixMs: number
      readonly spans: Uint8Array
    },
    ttlSeconds: number,
  ]
> = {
  name: 'insert_trace_part',
  kind: 'write',
  cql: `INSERT INTO trace_part (tenant, trace_id, split, block, part, arrival_ms, spans)
VALUES (?, ?, ?, ?, ?, ?, ?) USING TTL ?`,
  bind: ({ tenant, traceId, split, block, part, arrivalUnixMs, spans }, ttlSeconds) => [
    tenant,
    blob(traceId),
    split,
    blob(block),
    part,
    BigInt(arrivalUnixMs),
    blob(spans),
    ttlSeconds,
  ],
}
