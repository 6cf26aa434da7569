import type { Statement } from '../../statement.ts'

/** Stores the name of spans of a service, with their kind. */
export const insertOperation: Statement<
  [tenant: string, service: string, name: string, kind: number, ttlSeconds: number]
> = {
  name: 'insert_operation',
  kind: 'write',
  cql: 'INSERT INTO operation (tenant, service, name, kind) VALUES (?, ?, ?, ?) USING TTL ?',
  bind: (tenant, service, name, kind, ttlSeconds) => [tenant, service, name, kind, ttlSeconds],
}
