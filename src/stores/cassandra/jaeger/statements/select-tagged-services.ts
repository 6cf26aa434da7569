import type { Statement } from '../../statement.ts'
import type { IndexedTag } from '../tag-index.ts'

/** Which of some services have spans with a tag, between two starts. */
export const selectTaggedServices: Statement<
  [services: readonly string[], tag: IndexedTag, minMicros: bigint, maxMicros: bigint]
> = {
  name: 'jaeger_select_tagged_services',
  kind: 'read',
  cql: `SELECT service_name FROM tag_index WHERE service_name IN ? AND tag_key = ? AND tag_value = ?
AND start_time >= ? AND start_time <= ? PER PARTITION LIMIT 1`,
  bind: (services, { key, value }, minMicros, maxMicros) => [
    services,
    key,
    value,
    minMicros,
    maxMicros,
  ],
}
