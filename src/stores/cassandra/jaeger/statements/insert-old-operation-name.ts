import type { Statement } from '../../statement.ts'

/** Stores the name of spans of a service, in a keyspace older than v003. */
export const insertOldOperationName: Statement<[service: string, operation: string]> = {
  name: 'jaeger_insert_old_operation_name',
  kind: 'write',
  cql: 'INSERT INTO operation_names (service_name, operation_name) VALUES (?, ?)',
  bind: (service, operation) => [service, operation],
}
