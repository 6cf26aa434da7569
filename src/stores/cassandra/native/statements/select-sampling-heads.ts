import type { Statement } from '../../statement.ts'

/** The newest version of every document of a kind. */
export const selectSamplingHeads: Statement<[kind: number]> = {
  name: 'select_sampling_heads',
  kind: 'read',
  cql: 'SELECT name, version FROM sampling_head WHERE kind = ?',
  bind: (kind) => [kind],
}
