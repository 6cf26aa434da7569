import type { Statement } from '../../statement.ts'
import type { SpanRow } from '../rows.ts'
import type { SpanKeys } from '../span-keys.ts'
import { insertTrace } from './insert-trace.ts'

/** Stores a span for good. */
export const insertArchivedTrace: Statement<[row: SpanRow, keys: SpanKeys]> = {
  ...insertTrace,
  name: 'jaeger_insert_archived_trace',
  // The tables of a keyspace that Jaeger has made let rows expire, unless it was told otherwise.
  cql: `${insertTrace.cql} USING TTL 0`,
}
