import type { Statement } from '../../statement.ts'

/** Stores the name of a service. */
export const insertServiceName: Statement<[service: string]> = {
  name: 'jaeger_insert_service_name',
  kind: 'write',
  cql: 'INSERT INTO service_names (service_name) VALUES (?)',
  bind: (service) => [service],
}
