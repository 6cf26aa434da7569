import type { SpanBatch } from '../model/span-batch.ts'
import {
  absent,
  GroupField,
  groupStride,
  SpanField,
  spanCount,
  spanField,
  spanStride,
} from '../model/span-batch.ts'
import { spanSets } from './span-sets.ts'

/**
 * A batch of only these spans, in the order given, that shares no memory with the other and holds
 * no more bytes than it needs. Groups come in the order of their first span.
 */
export function selectSpans(batch: SpanBatch, spans: readonly number[]): SpanBatch {
  const copy = new SliceCopy(batch)
  const sets = spanSets(batch, spans)
  const groups = new Uint32Array(sets.length * groupStride)
  const groupOf = new Map<number, number>()
  sets.forEach(({ group }, index) => {
    groupOf.set(group, index)
    copyGroup(batch, group, groups, index * groupStride, copy)
  })
  const rows = new Uint32Array(spans.length * spanStride)
  const times = new Float64Array(spans.length * 2)
  spans.forEach((span, index) => {
    const row = index * spanStride
    rows.set(batch.spans.subarray(span * spanStride, (span + 1) * spanStride), row)
    rows[row + SpanField.group] = groupOf.get(rows[row + SpanField.group] as number) ?? 0
    moveSpan(rows, row, copy)
    times[index * 2] = batch.times[span * 2] as number
    times[index * 2 + 1] = batch.times[span * 2 + 1] as number
  })
  return {
    bytes: copy.finish(),
    groups,
    spans: rows,
    times,
    arrivalUnixMs: batch.arrivalUnixMs,
  }
}

/** The spans of each trace, by the trace id in lower-case hex; in the order of the batch. */
export function spansByTrace(batch: SpanBatch): Map<string, number[]> {
  const { buffer, byteOffset, length } = batch.bytes
  const bytes = Buffer.from(buffer, byteOffset, length)
  const traces = new Map<string, number[]>()
  for (let span = 0; span < spanCount(batch); span++) {
    const offset = spanField(batch, span, SpanField.traceId)
    const id = bytes.toString('hex', offset, offset + 16)
    const spans = traces.get(id)
    if (spans === undefined) traces.set(id, [span])
    else spans.push(span)
  }
  return traces
}

/** Slices of a group that are copied; the service's name lies within the resource. */
const groupSlices = [
  GroupField.resource,
  GroupField.resourceSchemaUrl,
  GroupField.resourceUnknown,
  GroupField.scope,
  GroupField.scopeSchemaUrl,
  GroupField.scopeUnknown,
] as const

function copyGroup(
  batch: SpanBatch,
  group: number,
  into: Uint32Array,
  row: number,
  copy: SliceCopy,
): void {
  const from = group * groupStride
  for (const field of groupSlices) {
    const length = batch.groups[from + field + 1] as number
    into[row + field] = length === 0 ? 0 : copy.add(batch.groups[from + field] as number, length)
    into[row + field + 1] = length
  }
  const length = batch.groups[from + GroupField.serviceName + 1] as number
  if (length === 0) return
  const within =
    (batch.groups[from + GroupField.serviceName] as number) - (batch.groups[from] as number)
  into[row + GroupField.serviceName] = (into[row] as number) + within
  into[row + GroupField.serviceName + 1] = length
}

/** Copies the span's body and moves everything that points into it. */
function moveSpan(rows: Uint32Array, row: number, copy: SliceCopy): void {
  const offset = rows[row + SpanField.offset] as number
  const moved = copy.addOnce(offset, rows[row + SpanField.length] as number)
  const shift = moved - offset
  rows[row + SpanField.offset] = moved
  rows[row + SpanField.traceId] = (rows[row + SpanField.traceId] as number) + shift
  rows[row + SpanField.spanId] = (rows[row + SpanField.spanId] as number) + shift
  const parent = rows[row + SpanField.parentSpanId] as number
  if (parent !== absent) rows[row + SpanField.parentSpanId] = parent + shift
  if (rows[row + SpanField.nameLength] !== 0) {
    rows[row + SpanField.name] = (rows[row + SpanField.name] as number) + shift
  }
}

/** Copies slices of the batch one behind the other. */
class SliceCopy {
  readonly #from: Uint8Array
  readonly #offsets = new Map<number, number>()
  #bytes: Uint8Array
  #size = 0

  constructor(batch: SpanBatch) {
    this.#from = batch.bytes
    this.#bytes = new Uint8Array(Math.min(batch.bytes.length, 4096))
  }

  /** Copies a slice unless that was done (groups share resources), and gives its new offset. */
  add(offset: number, length: number): number {
    const known = this.#offsets.get(offset)
    if (known !== undefined) return known
    const moved = this.addOnce(offset, length)
    this.#offsets.set(offset, moved)
    return moved
  }

  /** Copies a slice and gives its new offset. */
  addOnce(offset: number, length: number): number {
    const moved = this.#size
    const needed = moved + length
    if (needed > this.#bytes.length) {
      const grown = new Uint8Array(Math.max(needed, this.#bytes.length * 2))
      grown.set(this.#bytes.subarray(0, moved))
      this.#bytes = grown
    }
    this.#bytes.set(this.#from.subarray(offset, offset + length), moved)
    this.#size = needed
    return moved
  }

  /** The copied bytes. */
  finish(): Uint8Array {
    return this.#bytes.slice(0, this.#size)
  }
}
