import type { Statement } from '../../statement.ts'

/** Names the newest version of a document; when its parts are stored. */
export const insertSamplingHead: Statement<
  [kind: number, name: string, version: number, ttlSeconds: number]
> = {
  name: 'insert_sampling_head',
  kind: 'write',
  timedBy: 'cluster',
  cql: 'INSERT INTO sampling_head (kind, name, version) VALUES (?, ?, ?) USING TTL ?',
  bind: (kind, name, version, ttlSeconds) => [kind, name, version, ttlSeconds],
}
