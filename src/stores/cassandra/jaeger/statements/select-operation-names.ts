import type { Statement } from '../../statement.ts'

/** Names of spans of a service, with their kinds as words. */
export const selectOperationNames: Statement<[service: string]> = {
  name: 'jaeger_select_operation_names',
  kind: 'read',
  cql: 'SELECT span_kind, operation_name FROM operation_names_v2 WHERE service_name = ?',
  bind: (service) => [service],
}
