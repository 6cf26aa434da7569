import { SpanKind } from '../../../bridge/model/span.ts'
import type { SpanBatch } from '../../../bridge/model/span-batch.ts'
import {
  absent,
  SpanField,
  spanBytes,
  spanCount,
  spanField,
} from '../../../bridge/model/span-batch.ts'
import { spanOf } from '../../../bridge/otlp/batch-objects.ts'
import { Clocks } from './clocks.ts'
import { hasLinks } from './has-links.ts'
import { IdTable } from './id-table.ts'

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

const Flag = { hasParent: 1, isAsynchronous: 2 } as const

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
    const bytes = Buffer.from(part.bytes.buffer, part.bytes.byteOffset, part.bytes.length)
    for (let at = 0; at < spanCount(part); at++) {
      const group = spanField(part, at, SpanField.group)
      const clock = clocks.get(group) ?? this.#clocks.of(part, group)
      clocks.set(group, clock)
      this.#addSpan(part, at, { bytes, clock })
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
    const { bytes } = part
    const offset = spanField(part, at, SpanField.spanId)
    const view = Buffer.from(bytes.buffer, bytes.byteOffset + offset, 8)
    const first = this.table.first(view.readUInt32BE(0), view.readUInt32BE(4))
    if (first < 0) return first
    const hash = hashOf(spanBytes(part, at))
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
    { bytes, clock }: { readonly bytes: Buffer; readonly clock: number },
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
    columns.idHigh[row] = bytes.readUInt32BE(idAt)
    columns.idLow[row] = bytes.readUInt32BE(idAt + 4)
    const parentAt = spanField(part, at, SpanField.parentSpanId)
    if (parentAt !== absent) {
      columns.parentHigh[row] = bytes.readUInt32BE(parentAt)
      columns.parentLow[row] = bytes.readUInt32BE(parentAt + 4)
      columns.flags[row] = Flag.hasParent
    }
    if (isAsynchronous(part, at))
      columns.flags[row] = (columns.flags[row] as number) | Flag.isAsynchronous
    columns.hash[row] = hashOf(spanBytes(part, at))
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

/** FNV-1a of 32 bits. */
function hashOf(bytes: Uint8Array): number {
  let hash = 0x811c9dc5
  for (let at = 0; at < bytes.length; at++) {
    hash = Math.imul(hash ^ (bytes[at] as number), 0x01000193)
  }
  return hash >>> 0
}

const referenceType = Buffer.from('opentracing.ref_type')

/** Whether a span is a consumer of a message, or has a link to its parent that says FOLLOWS_FROM. */
function isAsynchronous(part: SpanBatch, at: number): boolean {
  if (spanField(part, at, SpanField.kind) === SpanKind.consumer) return true
  const body = spanBytes(part, at)
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.length)
  if (!bytes.includes(referenceType) || !hasLinks(body)) return false
  const { links, parentSpanId, traceId } = spanOf(part, at)
  return links.some(({ attributes, ...link }) => {
    if (parentSpanId === undefined) return false
    if (Buffer.compare(link.spanId, parentSpanId) !== 0) return false
    if (Buffer.compare(link.traceId, traceId) !== 0) return false
    const type = attributes.findLast(({ key }) => key === 'opentracing.ref_type')?.value
    return type?.kind === 'string' && type.value === 'follows_from'
  })
}
