import { createHash } from 'node:crypto'
import type { SpanBatch } from '../../../../bridge/model/span-batch.ts'
import {
  groupCount,
  SpanField,
  spanCount,
  spanField,
  traceIdBytes,
} from '../../../../bridge/model/span-batch.ts'
import { selectSpans } from '../../../../bridge/otlp/select-spans.ts'
import { latin1Of } from '../../../../bridge/wire/bytes-text.ts'
import { runsByNearness } from '../../../blocks/near-arrival.ts'
import { tracePartBytesMax } from '../../../ports/span-store.ts'
import { cutParts, encodePart, groupBytes, headBytes, spanBytes } from './part-codec.ts'

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
  /** Of its parts. */
  readonly sizeBytes: number
}

/** A portion with what is to be stored of it. */
export interface CutPortion extends Portion {
  readonly parts: readonly TracePart[]
}

/** Spans of a portion at most, and bytes of its parts unless one span with its resource is longer. */
const portionSpansMax = 4000
const portionBytesMax = 6 * 1024 * 1024

/** Divides a batch; each portion costs some milliseconds. */
export function* portionsOf(batch: SpanBatch): Generator<CutPortion> {
  for (const { isNear, batch: some } of byNearness(batch)) {
    const count = spanCount(some)
    for (let first = 0; first < count; ) {
      const spans = takeSpans(some, first, count)
      yield portionOf(some, spans, isNear)
      first = spans.end
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

/** The first spans of those that are left. */
interface TakenSpans {
  readonly first: number
  readonly end: number
  /** In their order, by trace. */
  readonly traces: ReadonlyMap<string, readonly number[]>
  /** Of their parts, at most. */
  readonly partBytesMax: number
}

function takeSpans(batch: SpanBatch, first: number, count: number): TakenSpans {
  const most = Math.min(count, first + portionSpansMax)
  const traces = new Map<string, number[]>()
  let partBytesMax = 0
  let end = first
  for (; end < most; end++) {
    const id = traceIdText(batch, end)
    const spans = traces.get(id)
    const added = addedBytes(batch, end, spans?.at(-1))
    if (end > first && partBytesMax + added > portionBytesMax) break
    partBytesMax += added
    if (spans === undefined) traces.set(id, [end])
    else spans.push(end)
  }
  return { first, end, traces, partBytesMax }
}

/**
 * Bytes of all parts that a batch becomes, about: each part has the resources and scopes of its spans. They may be many
 * times those of the batch, where many traces share a large resource.
 */
export function partsBytesOf(batch: SpanBatch): number {
  const count = spanCount(batch)
  let size = 0
  for (let first = 0; first < count; ) {
    const { end, partBytesMax } = takeSpans(batch, first, count)
    size += partBytesMax
    first = end
  }
  return size
}

/** No less than that, as if each span had a part of its own and the largest resource. */
export function partsBytesAtMost(batch: SpanBatch): number {
  let largest = 0
  for (let group = 0; group < groupCount(batch); group++) {
    largest = Math.max(largest, groupBytes(batch, group))
  }
  return batch.bytes.length + spanCount(batch) * (headBytes + spanBytes + largest)
}

/**
 * What a span adds to the parts of its trace, at most.
 *
 * @param before the span of the trace that comes before it: of the same group, it shares what the group has
 */
function addedBytes(batch: SpanBatch, span: number, before: number | undefined): number {
  const group = spanField(batch, span, SpanField.group)
  const own = spanBytes + spanField(batch, span, SpanField.length)
  if (before === undefined) return headBytes + own + groupBytes(batch, group)
  const isShared = spanField(batch, before, SpanField.group) === group
  return isShared ? own : own + groupBytes(batch, group)
}

function portionOf(
  batch: SpanBatch,
  { first, end, traces }: TakenSpans,
  isNear: boolean,
): CutPortion {
  const parts: TracePart[] = []
  const hash = createHash('sha256')
  let sizeBytes = 0
  for (const spans of traces.values()) {
    const traceId = traceIdBytes(batch, spans[0] as number)
    let part = 0
    for (const some of cutParts(batch, spans, tracePartBytesMax)) {
      const bytes = encodePart(batch, some)
      hash.update(bytes)
      sizeBytes += bytes.length
      parts.push({ traceId, part: part++, bytes })
    }
  }
  const id = new Uint8Array(hash.digest().subarray(0, 16))
  return { isNear, batch, first, end, id, sizeBytes, parts }
}

/** Latin1 text of the 16 bytes. */
function traceIdText(batch: SpanBatch, span: number): string {
  const offset = spanField(batch, span, SpanField.traceId)
  return latin1Of(batch.bytes, offset, offset + 16)
}
