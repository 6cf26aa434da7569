import { SpanKind } from '../../../bridge/model/span.ts'
import type { SpanBatch } from '../../../bridge/model/span-batch.ts'
import {
  absent,
  SpanField,
  spanBytes,
  spanCount,
  spanField,
} from '../../../bridge/model/span-batch.ts'
import { viewOf } from '../../../bridge/model/term-hash.ts'
import { spanOf } from '../../../bridge/otlp/batch-objects.ts'
import { Clocks } from './clocks.ts'
import { IdTable } from './id-table.ts'
import { mayNeedAdjusting, Trait, traitsOf } from './span-traits.ts'

/** What is known of each span, a row; ids are two numbers of 32 bits. */
interface Columns {
  readonly idHigh: Uint32Array
  readonly idLow: Uint32Array
  readonly parentHigh: Uint32Array
  readonly parentLow: Uint32Array
  /** Of its bytes. */
  readonly hash: Uint32Array
  /** Since the first span that was added, ns; exact as long as a trace takes less than 100 days. */
  readonly startNs: Float64Array
  readonly durationNs: Float64Array
  /** Equal for spans whose times are by one clock. */
  readonly clock: Uint32Array
  readonly kind: Uint8Array
  readonly flags: Uint8Array
}

const Flag = { hasParent: 1, isAsynchronous: 2, mayNeedAdjusting: 4 } as const

/**
 * The spans of one trace without what is in them: what adjusting looks at the whole for. Takes some 60
 * bytes a span.
 */
export class TraceIndex {
  count = 0
  #columns = columnsOf(64)
  #baseMicros: number | undefined
  readonly #clocks = new Clocks()
  #table: IdTable | undefined
  /** Behind the row that was found last. */
  #expected = 0

  add(part: SpanBatch): void {
    const clocks = new Map<number, number>()
    const view = viewOf(part.bytes)
    for (let at = 0; at < spanCount(part); at++) {
      const group = spanField(part, at, SpanField.group)
      const clock = clocks.get(group) ?? this.#clocks.of(part, group)
      clocks.set(group, clock)
      this.#addSpan(part, at, { view, clock })
    }
  }

  /** Columns of all spans, in the order they came. */
  get columns(): Columns {
    return this.#columns
  }

  /** Rows by span id; nothing may be added afterwards. */
  get table(): IdTable {
    if (this.#table === undefined) {
      const { idHigh, idLow } = this.#columns
      this.#table = new IdTable(idHigh.subarray(0, this.count), idLow.subarray(0, this.count))
    }
    return this.#table
  }

  hasParent(row: number): boolean {
    return ((this.#columns.flags[row] as number) & Flag.hasParent) !== 0
  }

  /** Whether a span does not have to lie within its parent: it follows from it, or takes a message of it. */
  isAsynchronous(row: number): boolean {
    return ((this.#columns.flags[row] as number) & Flag.isAsynchronous) !== 0
  }

  /** Whether a span has something in its own bytes that may have to be adjusted. */
  mayNeedAdjusting(row: number): boolean {
    return ((this.#columns.flags[row] as number) & Flag.mayNeedAdjusting) !== 0
  }

  /** The first row that has the span id of this one. */
  firstOf(row: number): number {
    const { idHigh, idLow } = this.#columns
    return this.table.first(idHigh[row] as number, idLow[row] as number)
  }

  /**
   * The row of a span that was added, -1 for another one; quick for spans in the order in which they
   * were added. Of over 1,000 spans of one id not all may be found in another order.
   */
  rowOf(part: SpanBatch, at: number): number {
    const view = viewOf(part.bytes)
    const id = spanField(part, at, SpanField.spanId)
    const first = this.table.first(view.getUint32(id), view.getUint32(id + 4))
    if (first < 0) return first
    const hash = hashOf(part, at, view)
    let row = this.#expected
    if (row >= this.count || this.firstOf(row) !== first || this.#columns.hash[row] !== hash) {
      row = first
      let steps = 0
      while (row >= 0 && this.#columns.hash[row] !== hash) {
        row = ++steps > sameIdsMax ? -1 : this.table.next(row)
      }
    }
    if (row >= 0) this.#expected = row + 1
    return row
  }

  #addSpan(
    part: SpanBatch,
    at: number,
    { view, clock }: { readonly view: DataView; readonly clock: number },
  ): void {
    if (this.count === this.#columns.hash.length) this.#columns = grown(this.#columns)
    const row = this.count
    this.count += 1
    const columns = this.#columns
    const startMicros = part.times[at * 2] as number
    this.#baseMicros ??= startMicros
    const remainders = spanField(part, at, SpanField.nanoRemainders)
    columns.startNs[row] = (startMicros - this.#baseMicros) * 1000 + (remainders % 1000)
    columns.durationNs[row] =
      (part.times[at * 2 + 1] as number) * 1000 + Math.floor(remainders / 1000)
    const idAt = spanField(part, at, SpanField.spanId)
    columns.idHigh[row] = view.getUint32(idAt)
    columns.idLow[row] = view.getUint32(idAt + 4)
    const parentAt = spanField(part, at, SpanField.parentSpanId)
    const start = spanField(part, at, SpanField.offset)
    const traits = traitsOf(part.bytes, start, start + spanField(part, at, SpanField.length))
    let flags = mayNeedAdjusting(traits) ? Flag.mayNeedAdjusting : 0
    if (parentAt !== absent) {
      columns.parentHigh[row] = view.getUint32(parentAt)
      columns.parentLow[row] = view.getUint32(parentAt + 4)
      flags |= Flag.hasParent
    }
    if (isAsynchronous(part, at, traits)) flags |= Flag.isAsynchronous
    columns.flags[row] = flags
    columns.hash[row] = hashOf(part, at, view)
    columns.clock[row] = clock
    columns.kind[row] = spanField(part, at, SpanField.kind)
  }
}

function columnsOf(length: number): Columns {
  return {
    idHigh: new Uint32Array(length),
    idLow: new Uint32Array(length),
    parentHigh: new Uint32Array(length),
    parentLow: new Uint32Array(length),
    hash: new Uint32Array(length),
    startNs: new Float64Array(length),
    durationNs: new Float64Array(length),
    clock: new Uint32Array(length),
    kind: new Uint8Array(length),
    flags: new Uint8Array(length),
  }
}

function grown(columns: Columns): Columns {
  const larger = columnsOf(columns.hash.length * 2)
  for (const name of Object.keys(columns) as (keyof Columns)[]) larger[name].set(columns[name])
  return larger
}

/** Spans of one id that are looked through for one of them. */
const sameIdsMax = 1000

/** 32 bits of the body of a span, four bytes at a time. */
function hashOf(part: SpanBatch, at: number, view: DataView): number {
  const start = spanField(part, at, SpanField.offset)
  const length = spanField(part, at, SpanField.length)
  const end = start + length
  let hash = length
  let offset = start
  for (; offset + 4 <= end; offset += 4) {
    hash = Math.imul((hash ^ view.getInt32(offset, true)) + (hash >>> 15), 0x9e3779b1)
  }
  for (; offset < end; offset++) {
    hash = Math.imul(hash ^ (part.bytes[offset] as number), 0x01000193)
  }
  return hash >>> 0
}

const referenceType = Buffer.from('opentracing.ref_type')

/** Whether a span is a consumer of a message, or has a link to its parent that says FOLLOWS_FROM. */
function isAsynchronous(part: SpanBatch, at: number, traits: number): boolean {
  if (spanField(part, at, SpanField.kind) === SpanKind.consumer) return true
  if ((traits & Trait.links) === 0) return false
  const body = spanBytes(part, at)
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.length)
  if (!bytes.includes(referenceType)) return false
  const { links, parentSpanId, traceId } = spanOf(part, at)
  return links.some(({ attributes, ...link }) => {
    if (parentSpanId === undefined) return false
    if (Buffer.compare(link.spanId, parentSpanId) !== 0) return false
    if (Buffer.compare(link.traceId, traceId) !== 0) return false
    const type = attributes.findLast(({ key }) => key === 'opentracing.ref_type')?.value
    return type?.kind === 'string' && type.value === 'follows_from'
  })
}
