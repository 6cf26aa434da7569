import type { Statement } from '../../statement.ts'

/** Names of spans of a service, from the table of keyspaces older than v003. */
export const selectOldOperationNames: Statement<[service: string]> = {
  name: 'jaeger_select_old_operation_names',
  kind: 'read',
  cql: 'SELECT operation_name FROM operation_names WHERE service_name = ?',
  bind: (service) => [service],
}
