import type { Statement } from '../../statement.ts'

/** All names of spans of a service. */
export const selectOperations: Statement<[tenant: string, service: string]> = {
  name: 'select_operations',
  kind: 'read',
  cql: 'SELECT name, kind FROM operation WHERE tenant = ? AND service = ?',
  bind: (tenant, service) => [tenant, service],
}
