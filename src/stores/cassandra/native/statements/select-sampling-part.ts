import type { Statement } from '../../statement.ts'

/** A part of a document; the version that is there. */
export const selectSamplingPart: Statement<
  [kind: number, name: string, slot: number, part: number]
> = {
  name: 'select_sampling_part',
  kind: 'read',
  cql: 'SELECT version, parts, bytes FROM sampling_part WHERE kind = ? AND name = ? AND slot = ? AND part = ?',
  bind: (kind, name, slot, part) => [kind, name, slot, part],
}
