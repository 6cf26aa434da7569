import type { SpanBatch } from '../../../../bridge/model/span-batch.ts'
import {
  GroupField,
  groupStride,
  SpanField,
  spanStride,
} from '../../../../bridge/model/span-batch.ts'
import { indexSpans } from '../../../../bridge/otlp/index-spans.ts'
import { groupSlices } from '../../../blocks/block-view.ts'
import { readStored } from '../../../errors/read-stored.ts'

/**
 * What one request brought of one trace, as it is kept in a row of `trace_part`:
 *
 *   u8 format 1
 *   u32 groups, u32 spans; little-endian
 *   u32 length of each of a group's six slices, group after group (`GroupField`)
 *   u32 group, u32 length of each span
 *   the slices, then the Span messages, all as they arrived
 */
const format = 1
/** Of a part, before its groups. */
export const headBytes = 9
/** Of a span, besides its message. */
export const spanBytes = 8

/** Bytes that spans of a batch take as a part. */
export function partBytes(batch: SpanBatch, spans: readonly number[]): number {
  let size = headBytes + spans.length * spanBytes
  for (const group of groupsOf(batch, spans)) size += groupBytes(batch, group)
  for (const span of spans) size += batch.spans[span * spanStride + SpanField.length] as number
  return size
}

/** Cuts spans into parts of at most so many bytes, unless one span is longer. */
export function* cutParts(
  batch: SpanBatch,
  spans: readonly number[],
  bytesMax: number,
): Iterable<readonly number[]> {
  let part: number[] = []
  let size = headBytes
  let groups = new Set<number>()
  for (const span of spans) {
    const group = batch.spans[span * spanStride + SpanField.group] as number
    const own = spanBytes + (batch.spans[span * spanStride + SpanField.length] as number)
    const added = own + (groups.has(group) ? 0 : groupBytes(batch, group))
    if (part.length > 0 && size + added > bytesMax) {
      yield part
      part = []
      groups = new Set()
      size = headBytes + own + groupBytes(batch, group)
    } else size += added
    part.push(span)
    groups.add(group)
  }
  if (part.length > 0) yield part
}

/** The spans of a batch as a part, in this order. */
export function encodePart(batch: SpanBatch, spans: readonly number[]): Uint8Array {
  const groups = groupsOf(batch, spans)
  const bytes = new Uint8Array(partBytes(batch, spans))
  const view = new DataView(bytes.buffer)
  view.setUint8(0, format)
  view.setUint32(1, groups.length, true)
  view.setUint32(5, spans.length, true)
  let at = headBytes
  for (const group of groups) {
    for (let slice = 0; slice < groupSlices; slice++, at += 4) {
      view.setUint32(at, batch.groups[group * groupStride + slice * 2 + 1] as number, true)
    }
  }
  for (const span of spans) {
    const group = batch.spans[span * spanStride + SpanField.group] as number
    view.setUint32(at, groups.indexOf(group), true)
    view.setUint32(at + 4, batch.spans[span * spanStride + SpanField.length] as number, true)
    at += 8
  }
  const copy = (offset: number, length: number): void => {
    bytes.set(batch.bytes.subarray(offset, offset + length), at)
    at += length
  }
  for (const group of groups) {
    for (
      let slice = group * groupStride;
      slice < group * groupStride + groupSlices * 2;
      slice += 2
    ) {
      const length = batch.groups[slice + 1] as number
      if (length > 0) copy(batch.groups[slice] as number, length)
    }
  }
  for (const span of spans) {
    const row = span * spanStride
    copy(
      batch.spans[row + SpanField.offset] as number,
      batch.spans[row + SpanField.length] as number,
    )
  }
  return bytes
}

/**
 * The spans of a part.
 *
 * @throws GatewayError 'store_corrupt' for bytes that are none
 */
export function decodePart(part: Uint8Array, arrivalUnixMs: number): SpanBatch {
  return readStored(readingPart, () => indexSpans({ ...partIndex(part), arrivalUnixMs }))
}

/** Where the bodies of a part lie: offset and length of each span, in `bytes`. */
export interface PartBodies {
  readonly bytes: Uint8Array
  /** Offset and length of each. */
  readonly places: readonly (readonly [offset: number, length: number])[]
}

/** Only the bodies of a part, which cost less than its batch. @throws GatewayError 'store_corrupt' */
export function partBodies(part: Uint8Array): PartBodies {
  return readStored(readingPart, () => {
    const { bytes, spans } = partIndex(part)
    const places = Array.from({ length: spans.length / 3 }, (_, span) => {
      return [spans[span * 3 + 1] as number, spans[span * 3 + 2] as number] as const
    })
    return { bytes, places }
  })
}

const readingPart = 'Cannot read a stored part of a trace'

function partIndex(part: Uint8Array) {
  const bytes = new Uint8Array(part.buffer, part.byteOffset, part.byteLength)
  const view = new DataView(part.buffer, part.byteOffset, part.byteLength)
  if (view.getUint8(0) !== format) throw new RangeError(`its format is ${view.getUint8(0)}`)
  const groupCount = view.getUint32(1, true)
  const spanCount = view.getUint32(5, true)
  const lengthsEnd = headBytes + groupCount * groupSlices * 4 + spanCount * 8
  if (lengthsEnd > bytes.length) throw new RangeError('it is too short')
  const groups = new Uint32Array(groupCount * groupStride)
  let at = headBytes
  let offset = lengthsEnd
  for (let group = 0; group < groupCount; group++) {
    for (let slice = 0; slice < groupSlices; slice++, at += 4) {
      const length = view.getUint32(at, true)
      if (length === 0) continue
      groups[group * groupStride + slice * 2] = offset
      groups[group * groupStride + slice * 2 + 1] = length
      offset += length
    }
  }
  const spans = new Uint32Array(spanCount * 3)
  for (let span = 0; span < spanCount; span++, at += 8) {
    const group = view.getUint32(at, true)
    if (group >= groupCount) throw new RangeError(`it has no group ${group}`)
    const length = view.getUint32(at + 4, true)
    spans.set([group, offset, length], span * 3)
    offset += length
  }
  if (offset !== bytes.length) throw new RangeError(`it has ${bytes.length} bytes, not ${offset}`)
  return { bytes, groups, spans }
}

/** Groups in the order of their first span. */
function groupsOf(batch: SpanBatch, spans: readonly number[]): readonly number[] {
  const groups: number[] = []
  for (const span of spans) {
    const group = batch.spans[span * spanStride + SpanField.group] as number
    if (!groups.includes(group)) groups.push(group)
  }
  return groups
}

/** Bytes that a group takes in each part that has spans of it. */
export function groupBytes(batch: SpanBatch, group: number): number {
  let size = groupSlices * 4
  const first = group * groupStride + GroupField.resource
  for (let slice = 0; slice < groupSlices; slice++) {
    size += batch.groups[first + slice * 2 + 1] as number
  }
  return size
}
