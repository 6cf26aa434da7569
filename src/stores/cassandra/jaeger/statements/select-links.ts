import type { Statement } from '../../statement.ts'

/** What was counted at times `[start, end)` of one UTC day. */
export const selectLinks: Statement<[day: Date, start: Date, end: Date]> = {
  name: 'jaeger_select_links',
  kind: 'read',
  cql: 'SELECT dependencies FROM dependencies_v2 WHERE ts_bucket = ? AND ts >= ? AND ts < ?',
  bind: (day, start, end) => [day, start, end],
}
