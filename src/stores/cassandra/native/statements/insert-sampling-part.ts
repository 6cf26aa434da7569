import type { Statement } from '../../statement.ts'
import { blob } from '../../statement.ts'

/** A part of a document, and where it is. */
export interface SamplingPart {
  readonly kind: number
  readonly name: string
  readonly slot: number
  readonly part: number
  readonly version: number
  /** How many the version has. */
  readonly parts: number
}

/** Stores a part of a document. */
export const insertSamplingPart: Statement<
  [place: SamplingPart, bytes: Uint8Array, ttlSeconds: number]
> = {
  name: 'insert_sampling_part',
  kind: 'write',
  timedBy: 'cluster',
  cql: 'INSERT INTO sampling_part (kind, name, slot, part, version, parts, bytes) VALUES (?, ?, ?, ?, ?, ?, ?) USING TTL ?',
  bind: ({ kind, name, slot, part, version, parts }, bytes, ttlSeconds) => [
    kind,
    name,
    slot,
    part,
    version,
    parts,
    blob(bytes),
    ttlSeconds,
  ],
}
