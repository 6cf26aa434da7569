import type { SpanBatch, SpanTerms } from '../../bridge/model/span-batch.ts'
import { absent, SpanField, spanCount, spanStride } from '../../bridge/model/span-batch.ts'
import { termsOf } from '../../bridge/otlp/index-spans.ts'
import { indexedStartMicros } from '../search/indexed-start.ts'
import type {
  ArrivalRun,
  BlockColumns,
  BlockGroup,
  BlockIds,
  BlockSummary,
  BlockView,
  BlockWhat,
} from './block-view.ts'
import { blockSpansMax } from './block-view.ts'
import type { CutParts } from './cut-bodies.ts'
import { copyCut, cutBody, cutBytesMax, frontOf, idsFront, timesBytes } from './cut-bodies.ts'
import { GroupDictionary } from './group-dictionary.ts'
import { GrowingBytes } from './growing-bytes.ts'
import type { GrowingColumns, OpenTerms } from './growing-columns.ts'
import { columnBytes, copyId, growingColumns, noBounds } from './growing-columns.ts'
import type { HashSet } from './hash-set.ts'
import { ShapeDictionary } from './shape-dictionary.ts'
import { grown } from './slots.ts'
import { batchOfBodies } from './span-bodies.ts'
import { TraceDictionary } from './trace-dictionary.ts'
import { WhatDictionary } from './what-dictionary.ts'

/**
 * A block that still grows, and can be searched while it does: terms are a list for each span, which
 * is looked through; sealing turns them into postings (block-sections.ts). It keeps copies, nothing of
 * the batches that are appended.
 */
export class OpenBlock implements BlockView {
  /** By which starts far from the arrival are moved, ms. */
  readonly retentionMs: number
  #groups = new GroupDictionary()
  #whats = new WhatDictionary()
  #traces = new TraceDictionary()
  #shapes = new ShapeDictionary()
  #runs: ArrivalRun[] = []
  #spanCount = 0
  #bounds = noBounds()
  #columns: GrowingColumns
  /** Hashes of values, span after span. */
  #values: Uint32Array
  #valueCount = 0
  /** The bodies, and the framing between them. */
  readonly #bodies: GrowingBytes
  #bodyBytes = 0
  /** Of so many spans it is known what is cut. */
  #cutSpans = 0

  /** @param spans how many will come, roughly, with bodies of how many bytes; it grows with more */
  constructor(retentionMs: number, spans = 8, bodyBytes = 4096) {
    this.retentionMs = retentionMs
    this.#columns = growingColumns(spans)
    this.#values = new Uint32Array(spans * 16)
    this.#bodies = new GrowingBytes(bodyBytes)
  }

  /** Begins anew in the same memory. Nobody may hold anything that was read from the block. */
  clear(): void {
    this.#groups = new GroupDictionary()
    this.#whats = new WhatDictionary()
    this.#traces = new TraceDictionary()
    this.#shapes = new ShapeDictionary()
    this.#runs = []
    // A span without a parent leaves its column as it is.
    this.#columns.parentIds.fill(0, 0, this.#spanCount * 8)
    this.#spanCount = 0
    this.#bounds = noBounds()
    this.#valueCount = 0
    this.#bodies.clear()
    this.#bodyBytes = 0
    this.#cutSpans = 0
  }

  get spanCount(): number {
    return this.#spanCount
  }

  /** Bytes of all bodies. */
  get bodyBytes(): number {
    return this.#bodyBytes
  }

  /** Memory that it takes, roughly. */
  get sizeBytes(): number {
    const terms = this.#values.byteLength + this.#shapes.sizeBytes
    const columns = this.#columns.starts.length * columnBytes
    return this.#bodies.array.length + terms + columns + this.#groups.sizeBytes + 1024
  }

  get summary(): BlockSummary {
    return { spanCount: this.#spanCount, ...this.#bounds }
  }

  get columns(): BlockColumns {
    const count = this.#spanCount
    const { starts, durations, groups, whats, traces } = this.#columns
    return {
      starts: starts.subarray(0, count),
      durations: durations.subarray(0, count),
      groups: groups.subarray(0, count),
      whats: whats.subarray(0, count),
      traces: traces.subarray(0, count),
    }
  }

  get ids(): BlockIds {
    const count = this.#spanCount
    const { ownStarts, spanIds, parentIds, nanoRemainders, lengths } = this.#columns
    return {
      ownStarts: ownStarts.subarray(0, count),
      spanIds: spanIds.subarray(0, count * 8),
      parentIds: parentIds.subarray(0, count * 8),
      nanoRemainders: nanoRemainders.subarray(0, count),
      lengths: lengths.subarray(0, count),
    }
  }

  get runs(): readonly ArrivalRun[] {
    return this.#runs
  }

  get groups(): readonly BlockGroup[] {
    return this.#groups.groups
  }

  /** Hashes of the keys and values of a group's resource and scope. */
  groupTerms(group: number): readonly number[] {
    return this.#groups.termsOf(group)
  }

  get whats(): readonly BlockWhat[] {
    return this.#whats.whats
  }

  get traceIds(): Uint8Array {
    return this.#traces.ids
  }

  get spanTerms(): OpenTerms {
    return {
      shapes: this.#columns.shapes.subarray(0, this.#spanCount),
      shapeKeys: Array.from(Array(this.#shapes.count).keys(), (shape) =>
        this.#shapes.keysOf(shape),
      ),
      values: this.#values.subarray(0, this.#valueCount),
      valueEnds: this.#columns.valueEnds.subarray(0, this.#spanCount),
    }
  }

  /** The bodies of spans from `first` to before `end`, one behind the other. */
  joinBodies(first = 0, end = this.#spanCount): Uint8Array {
    const source = this.#bodies.array
    const { lengths, offsets } = this.#columns
    let size = 0
    for (let span = first; span < end; span++) size += lengths[span] as number
    const joined = new Uint8Array(size)
    let at = 0
    for (let span = first; span < end; span++) {
      const offset = offsets[span] as number
      const length = lengths[span] as number
      joined.set(source.subarray(offset, offset + length), at)
      at += length
    }
    return joined
  }

  /** Bytes that `joinCutBodies` leaves out at the front of each span; 0 where it leaves out nothing. */
  get fronts(): Uint8Array {
    const source = this.#bodies.array
    const { fronts, lengths, offsets } = this.#columns
    const parts = this.#parts
    for (let span = this.#cutSpans; span < this.#spanCount; span++) {
      const offset = offsets[span] as number
      const front = fronts[span] as number
      const length = lengths[span] as number
      fronts[span] = frontOf(parts, span, front, source, offset, length)
    }
    this.#cutSpans = this.#spanCount
    return fronts.subarray(0, this.#spanCount)
  }

  /**
   * The bodies without what is in columns and ids (cut-bodies.ts).
   *
   * @param room is used where they fit, so that they are there only until it is used again
   */
  joinCutBodies(first = 0, end = this.#spanCount, room?: Uint8Array): Uint8Array {
    const source = this.#bodies.array
    const { lengths, offsets } = this.#columns
    const { fronts } = this
    let size = 0
    for (let span = first; span < end; span++) {
      const front = fronts[span] as number
      size += (lengths[span] as number) - (front === 0 ? 0 : front + timesBytes)
    }
    const isRoomy = room !== undefined && size <= room.length
    const joined = isRoomy ? room.subarray(0, size) : new Uint8Array(size)
    let at = 0
    for (let span = first; span < end; span++) {
      const offset = offsets[span] as number
      const length = lengths[span] as number
      const front = fronts[span] as number
      if (front > 0) at = cutBody(source, offset, length, front, joined, at)
      else {
        joined.set(source.subarray(offset, offset + length), at)
        at += length
      }
    }
    return joined
  }

  /** What `joinCutBodies` leaves out, span after span: its front, then its times. */
  joinCutParts(first: number, end: number): Uint8Array {
    const source = this.#bodies.array
    const { lengths, offsets } = this.#columns
    const { fronts } = this
    const joined = new Uint8Array((end - first) * cutBytesMax)
    let at = 0
    for (let span = first; span < end; span++) {
      const front = fronts[span] as number
      if (front === 0) continue
      const offset = offsets[span] as number
      at = copyCut(source, offset, lengths[span] as number, front, joined, at)
    }
    return joined.slice(0, at)
  }

  /**
   * Adds spans of a batch from `first` to before `end`; there must be room for them, see
   * `blockSpansMax`.
   */
  append(batch: SpanBatch, first = 0, end = spanCount(batch)): void {
    if (end <= first) return
    if (this.#spanCount + end - first > blockSpansMax) {
      throw new RangeError(`Cannot append spans: a block has at most ${blockSpansMax}`)
    }
    this.#reserve(end - first)
    const { arrivalUnixMs, spans, bytes } = batch
    const terms = termsOf(batch)
    const groupNumbers = new Map<number, number>()
    let lastGroup = -1
    let groupNumber = 0
    for (let span = first; span < end; span++) {
      const row = span * spanStride
      const group = spans[row + SpanField.group] as number
      if (group !== lastGroup) {
        lastGroup = group
        groupNumber = groupNumbers.get(group) ?? this.#groups.numberOf(batch, group)
        groupNumbers.set(group, groupNumber)
      }
      const at = this.#spanCount++
      const columns = this.#columns
      columns.groups[at] = groupNumber
      columns.traces[at] = this.#traces.numberOf(bytes, spans[row + SpanField.traceId] as number)
      const name = spans[row + SpanField.name] as number
      columns.whats[at] = this.#whats.numberOf(
        terms.names[span] as number,
        bytes,
        name,
        name + (spans[row + SpanField.nameLength] as number),
        spans[row + SpanField.kind] as number,
        spans[row + SpanField.statusCode] as number,
      )
      columns.nanoRemainders[at] = spans[row + SpanField.nanoRemainders] as number
      copyId(columns.spanIds, at * 8, bytes, spans[row + SpanField.spanId] as number)
      const parent = spans[row + SpanField.parentSpanId] as number
      if (parent !== absent) copyId(columns.parentIds, at * 8, bytes, parent)
      columns.fronts[at] = idsFront(
        spans[row + SpanField.offset] as number,
        spans[row + SpanField.traceId] as number,
        spans[row + SpanField.spanId] as number,
        parent,
      )
      this.#addTimes(batch, span, at)
    }
    this.#addBodies(batch, first, end)
    this.#addTerms(terms, first, end)
    this.#runs.push({ spanCount: end - first, arrivalUnixMs })
    const bounds = this.#bounds
    bounds.arrivalMinUnixMs = Math.min(bounds.arrivalMinUnixMs, arrivalUnixMs)
    bounds.arrivalMaxUnixMs = Math.max(bounds.arrivalMaxUnixMs, arrivalUnixMs)
  }

  spansWithAny(hashes: HashSet): ArrayLike<number> {
    const groupHas = this.#groups.withAny(hashes)
    const shapeHas = this.#shapes.withAny(hashes)
    const { groups, shapes, valueEnds } = this.#columns
    const values = this.#values
    const spanCount = this.#spanCount
    const found = new Uint16Array(spanCount)
    let count = 0
    let at = 0
    for (let span = 0; span < spanCount; span++) {
      const end = valueEnds[span] as number
      let has = groupHas[groups[span] as number] === 1 || shapeHas[shapes[span] as number] === 1
      for (; !has && at < end; at++) has = hashes.has(values[at] as number)
      at = end
      if (has) found[count++] = span
    }
    return found.subarray(0, count)
  }

  batchOf(spans: ArrayLike<number>, arrivalUnixMs: number): SpanBatch {
    return batchOfBodies(this, spans, arrivalUnixMs, (span, into, at) => {
      const offset = this.#columns.offsets[span] as number
      const length = this.#columns.lengths[span] as number
      into.set(this.#bodies.array.subarray(offset, offset + length), at)
    })
  }

  get #parts(): CutParts {
    const { traces, spanIds, parentIds, ownStarts, durations, nanoRemainders } = this.#columns
    const traceIds = this.#traces.ids
    return { traceIds, traces, spanIds, parentIds, ownStarts, durations, nanoRemainders }
  }

  #addTimes(batch: SpanBatch, span: number, at: number): void {
    const own = batch.times[span * 2] as number
    const duration = batch.times[span * 2 + 1] as number
    const start = indexedStartMicros({
      startMicros: own,
      arrivalUnixMs: batch.arrivalUnixMs,
      retentionMs: this.retentionMs,
    })
    const { starts, ownStarts, durations } = this.#columns
    starts[at] = start
    ownStarts[at] = own
    durations[at] = duration
    const bounds = this.#bounds
    if (start < bounds.minMicros) bounds.minMicros = start
    if (start > bounds.maxMicros) bounds.maxMicros = start
    if (duration > bounds.durationMaxMicros) bounds.durationMaxMicros = duration
  }

  /** Copies bodies with the framing between them in one go, where that is little. */
  #addBodies({ spans, bytes }: SpanBatch, first: number, end: number): void {
    const { lengths, offsets } = this.#columns
    const from = this.#spanCount - (end - first)
    let size = 0
    let low = Number.POSITIVE_INFINITY
    let high = 0
    for (let span = first, at = from; span < end; span++, at++) {
      const length = spans[span * spanStride + SpanField.length] as number
      const offset = spans[span * spanStride + SpanField.offset] as number
      lengths[at] = length
      offsets[at] = offset
      size += length
      if (offset < low) low = offset
      if (offset + length > high) high = offset + length
    }
    this.#bodyBytes += size
    const isDense = size * 5 >= (high - low) * 4
    const moved = isDense ? this.#bodies.addAligned(bytes, low, high) - low : 0
    for (let at = from; at < this.#spanCount; at++) {
      const offset = offsets[at] as number
      offsets[at] = isDense
        ? offset + moved
        : this.#bodies.add(bytes, offset, offset + (lengths[at] as number))
    }
  }

  #addTerms({ keys, values, starts }: SpanTerms, first: number, end: number): void {
    const from = starts[first * 2 + 1] as number
    const to = starts[end * 2 + 1] as number
    const needed = this.#valueCount + to - from
    if (needed > this.#values.length) {
      this.#values = grown(this.#values, Math.max(needed, this.#values.length * 2))
    }
    this.#values.set(values.subarray(from, to), this.#valueCount)
    const { shapes, valueEnds } = this.#columns
    const shift = this.#valueCount - from
    let at = this.#spanCount - (end - first)
    for (let span = first; span < end; span++, at++) {
      const keyStart = starts[span * 2] as number
      shapes[at] = this.#shapes.numberOf(keys, keyStart, starts[span * 2 + 2] as number)
      valueEnds[at] = (starts[span * 2 + 3] as number) + shift
    }
    this.#valueCount = needed
  }

  #reserve(spans: number): void {
    const needed = this.#spanCount + spans
    if (needed <= this.#columns.starts.length) return
    const larger = growingColumns(Math.max(needed, this.#columns.starts.length * 2))
    for (const name of Object.keys(larger) as (keyof GrowingColumns)[]) {
      larger[name].set(this.#columns[name])
    }
    this.#columns = larger
  }
}
