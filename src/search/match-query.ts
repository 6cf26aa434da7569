import type { SpanBatch } from '../../bridge/model/span-batch.ts'
import { startMicros } from '../../bridge/model/span-batch.ts'
import type { SpanQuery } from '../ports/span-query.ts'
import { indexedStartMicros } from './indexed-start.ts'
import { compileFilter } from './match-span.ts'

/** A checked query as two questions about a span; the cheap one first. */
export interface CompiledQuery {
  /** The span's indexed start, µs; undefined when that is outside of the window. */
  indexedMicros(batch: SpanBatch, span: number): number | undefined
  /** Whether the filter holds for it; decodes only what the filter asks for. */
  matches(batch: SpanBatch, span: number): boolean
}

/**
 * Compiles a query that has passed `checkQuery`. A missing bound of the window is no bound:
 * everything that retention has left is inside.
 */
export function compileQuery(query: SpanQuery, retentionMs: number): CompiledQuery {
  const min = query.minMicros ?? Number.NEGATIVE_INFINITY
  const max = query.maxMicros ?? Number.POSITIVE_INFINITY
  return {
    indexedMicros(batch, span) {
      const { arrivalUnixMs } = batch
      const start = startMicros(batch, span)
      const indexed = indexedStartMicros({ startMicros: start, arrivalUnixMs, retentionMs })
      return indexed >= min && indexed < max ? indexed : undefined
    },
    matches: compileFilter(query.filter),
  }
}
