import type { Statement } from '../../statement.ts'

/** The days on which something was counted, of all tenants: one row for each partition. */
export const selectDependencyDays: Statement<[]> = {
  name: 'select_dependency_days',
  kind: 'read',
  cql: 'SELECT DISTINCT tenant, day FROM dependency',
  bind: () => [],
}
