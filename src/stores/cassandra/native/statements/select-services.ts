import type { Statement } from '../../statement.ts'

/** All services of a tenant. */
export const selectServices: Statement<[tenant: string]> = {
  name: 'select_services',
  kind: 'read',
  cql: 'SELECT service FROM service WHERE tenant = ? AND shard = 0',
  bind: (tenant) => [tenant],
}
