import type { Statement } from '../../statement.ts'

/** The days on which something was counted: one row for each partition. */
export const selectLinkDays: Statement<[]> = {
  name: 'jaeger_select_link_days',
  kind: 'read',
  cql: 'SELECT DISTINCT ts_bucket FROM dependencies_v2',
  bind: () => [],
}
