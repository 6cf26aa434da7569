import type { Statement } from '../../statement.ts'

/**
 * All that was counted, with its time, from the table of v001: one row for each run of a job. Its
 * index on times is of a kind that a Cassandra of today does not have unless it is asked to.
 */
export const selectOldLinks: Statement<[]> = {
  name: 'jaeger_select_old_links',
  kind: 'read',
  cql: 'SELECT ts, dependencies FROM dependencies',
  bind: () => [],
}
