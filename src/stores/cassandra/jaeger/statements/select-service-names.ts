import type { Statement } from '../../statement.ts'

/** Names of all services. */
export const selectServiceNames: Statement<[]> = {
  name: 'jaeger_select_service_names',
  kind: 'read',
  cql: 'SELECT service_name FROM service_names',
  bind: () => [],
}
