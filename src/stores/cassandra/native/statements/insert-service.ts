import type { Statement } from '../../statement.ts'

/** Stores the name of a service. */
export const insertService: Statement<[tenant: string, service: string, ttlSeconds: number]> = {
  name: 'insert_service',
  kind: 'write',
  cql: 'INSERT INTO service (tenant, shard, service) VALUES (?, 0, ?) USING TTL ?',
  bind: (tenant, service, ttlSeconds) => [tenant, service, ttlSeconds],
}
