import type { SpanBatch } from '../../bridge/model/span-batch.ts'
import { startMicros } from '../../bridge/model/span-batch.ts'

/** Spans that follow each other in a batch, all near their arrival or all far from it. */
export interface NearnessRun {
  readonly isNear: boolean
  readonly first: number
  /** Behind the last one. */
  readonly end: number
}

/**
 * Divides spans by whether they start within ten minutes of their arrival. The others go into blocks
 * of their own: a wrong clock, or a batch that waited, would stretch a block over hours, and every
 * search would have to look at it.
 */
export function* runsByNearness(
  batch: SpanBatch,
  first: number,
  end: number,
): Iterable<NearnessRun> {
  for (let at = first; at < end; ) {
    const start = at
    const isNear = isNearArrival(batch, start)
    while (at < end && isNearArrival(batch, at) === isNear) at++
    yield { isNear, first: start, end: at }
  }
}

function isNearArrival(batch: SpanBatch, span: number): boolean {
  return Math.abs(startMicros(batch, span) - batch.arrivalUnixMs * 1000) <= nearMicros
}

const nearMicros = 600_000_000
