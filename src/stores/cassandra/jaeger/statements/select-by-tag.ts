import type { Statement } from '../../statement.ts'
import type { IndexedTag } from '../tag-index.ts'

/** Spans of a service with a tag that start within both bounds, newest first. */
export const selectByTag: Statement<
  [service: string, tag: IndexedTag, minMicros: bigint, maxMicros: bigint]
> = {
  name: 'jaeger_select_by_tag',
  kind: 'read',
  cql: `SELECT start_time, trace_id FROM tag_index
WHERE service_name = ? AND tag_key = ? AND tag_value = ? AND start_time >= ? AND start_time <= ?`,
  bind: (service, { key, value }, minMicros, maxMicros) => [
    service,
    key,
    value,
    minMicros,
    maxMicros,
  ],
}
