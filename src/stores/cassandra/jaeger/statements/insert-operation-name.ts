import type { Statement } from '../../statement.ts'

/** Stores the name of spans of a service; the kind is a word, or empty. */
export const insertOperationName: Statement<[service: string, kind: string, operation: string]> = {
  name: 'jaeger_insert_operation_name',
  kind: 'write',
  cql: 'INSERT INTO operation_names_v2 (service_name, span_kind, operation_name) VALUES (?, ?, ?)',
  bind: (service, kind, operation) => [service, kind, operation],
}
