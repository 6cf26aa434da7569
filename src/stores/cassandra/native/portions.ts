import { createHash } from 'node:crypto'
import type { SpanBatch } from '../../../../bridge/model/span-batch.ts'
import {
  SpanField,
  spanCount,
  spanStride,
  traceIdBytes,
} from '../../../../bridge/model/span-batch.ts'
import { selectSpans } from '../../../../bridge/otlp/select-spans.ts'
import { runsByNearness } from '../../../blocks/near-arrival.ts'
import { tracePartBytesMax } from '../../../ports/span-store.ts'
import { cutParts, encodePart } from './part-codec.ts'

/** One row of `trace_part` to be. */
export interface TracePart {
  readonly traceId: Uint8Array
  /** Counts the parts of one trace in one portion. */
  readonly part: number
  readonly bytes: Uint8Array
}

/**
 * Spans of one request that are kept and found together: all near their arrival, or all far from it,
 * and few enough for a block.
 */
export interface Portion {
  readonly isNear: boolean
  readonly batch: SpanBatch
  readonly first: number
  /** Behind the last one. */
  readonly end: number
  /** 16 bytes that follow from the spans: a request that comes again has the same. */
  readonly id: Uint8Array
  readonly parts: readonly TracePart[]
}

/** Spans of a portion at most, and bytes of their bodies unless one is longer. */
const portionSpansMax = 4000
const portionBytesMax = 6 * 1024 * 1024

/** Divides a batch; each portion costs some milliseconds. */
export function* portionsOf(batch: SpanBatch): Generator<Portion> {
  for (const { isNear, batch: some } of byNearness(batch)) {
    const count = spanCount(some)
    for (let first = 0; first < count; ) {
      const end = portionEnd(some, first, count)
      yield portionOf(some, first, end, isNear)
      first = end
    }
  }
}

/** Nearly always the batch itself. */
function byNearness(batch: SpanBatch): readonly Pick<Portion, 'isNear' | 'batch'>[] {
  const runs = [...runsByNearness(batch, 0, spanCount(batch))]
  const [only] = runs
  if (runs.length < 2) return only === undefined ? [] : [{ isNear: only.isNear, batch }]
  return [true, false].map((isNear) => {
    const spans: number[] = []
    for (const run of runs) {
      if (run.isNear === isNear) for (let at = run.first; at < run.end; at++) spans.push(at)
    }
    return { isNear, batch: selectSpans(batch, spans) }
  })
}

function portionEnd({ spans }: SpanBatch, first: number, count: number): number {
  const most = Math.min(count, first + portionSpansMax)
  let size = 0
  let end = first
  do {
    size += spans[end * spanStride + SpanField.length] as number
    end += 1
  } while (end < most && size < portionBytesMax)
  return end
}

function portionOf(batch: SpanBatch, first: number, end: number, isNear: boolean): Portion {
  const parts: TracePart[] = []
  const hash = createHash('sha256')
  for (const spans of spansByTrace(batch, first, end)) {
    const traceId = traceIdBytes(batch, spans[0] as number)
    let part = 0
    for (const some of cutParts(batch, spans, tracePartBytesMax)) {
      const bytes = encodePart(batch, some)
      hash.update(bytes)
      parts.push({ traceId, part: part++, bytes })
    }
  }
  return { isNear, batch, first, end, id: new Uint8Array(hash.digest().subarray(0, 16)), parts }
}

/** The spans of each trace in their order. */
function spansByTrace(batch: SpanBatch, first: number, end: number): Iterable<readonly number[]> {
  const { buffer, byteOffset, length } = batch.bytes
  const bytes = Buffer.from(buffer, byteOffset, length)
  const traces = new Map<string, number[]>()
  for (let span = first; span < end; span++) {
    const offset = batch.spans[span * spanStride + SpanField.traceId] as number
    const id = bytes.toString('latin1', offset, offset + 16)
    const spans = traces.get(id)
    if (spans === undefined) traces.set(id, [span])
    else spans.push(span)
  }
  return traces.values()
}
