import type { SpanBatch } from '../../bridge/model/span-batch.ts'
import { spanCount, startMicros } from '../../bridge/model/span-batch.ts'
import type { SpanQuery } from '../ports/span-query.ts'
import { compileFilter } from './match-span.ts'

/**
 * The newest start of a batch's spans that match a query, for stores in which each span stands at its own
 * start. The query must have passed `checkQuery`.
 */
export function newestMatchIn(query: SpanQuery): (batch: SpanBatch) => number | undefined {
  const matches = compileFilter(query.filter)
  const min = query.minMicros ?? Number.NEGATIVE_INFINITY
  const max = query.maxMicros ?? Number.POSITIVE_INFINITY
  return (batch) => {
    let newest: number | undefined
    for (let span = 0; span < spanCount(batch); span++) {
      const start = startMicros(batch, span)
      if (start < min || start >= max || (newest !== undefined && start <= newest)) continue
      if (matches(batch, span)) newest = start
    }
    return newest
  }
}
