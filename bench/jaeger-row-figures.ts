import { decodeRequest } from '../bridge/otlp/decode-request.ts'
import { requestRowsOf } from '../src/stores/cassandra/jaeger/index-statements.ts'
import { TagAllowance, tagLimitDefaults } from '../src/stores/cassandra/jaeger/tag-limits.ts'
import { rowsOf } from '../src/stores/cassandra/jaeger/write-rows.ts'
import type { TemplateSet } from './load/templates.ts'
import { grpcPrefixBytes } from './load/templates.ts'

/** Messages that are looked at. */
const messages = 20

/** How many rows a span of these messages has in Jaeger's tables, and in how many partitions of its request. */
export function jaegerRowFigures(templates: TemplateSet): Readonly<Record<string, number>> {
  let spans = 0
  let rows = 0
  let partitions = 0
  for (let message = 0; message < messages; message++) {
    const { framed, spanCount } = templates.next()
    const bytes = Uint8Array.from(framed.subarray(grpcPrefixBytes))
    const { batch } = decodeRequest(bytes, { arrivalUnixMs: Date.now() })
    const { batches } = requestRowsOf(rowsOf(batch), new TagAllowance(tagLimitDefaults))
    spans += spanCount
    rows += batches.reduce((sum, batch) => sum + batch.rows.length, 0)
    partitions += batches.length
  }
  return { 'rows per span': rows / spans, 'partitions per span': partitions / spans }
}
