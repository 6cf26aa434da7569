import type { Statement } from '../../statement.ts'

/** What was counted at times `[startMs, endMs)` of one UTC day. */
export const selectDependencies: Statement<
  [tenant: string, day: number, startMs: number, endMs: number]
> = {
  name: 'select_dependencies',
  kind: 'read',
  cql: `SELECT parent, child, source, call_count FROM dependency
WHERE tenant = ? AND day = ? AND at_ms >= ? AND at_ms < ?`,
  bind: (tenant, day, startMs, endMs) => [tenant, day, BigInt(startMs), BigInt(endMs)],
}
