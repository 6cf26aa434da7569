import { SpanSlot, slotStride } from './span-slots.ts'

/** A moment as both formats write it. */
export interface BaseTime {
  /** Upper and lower half of the nanoseconds since the epoch. */
  readonly high: number
  readonly low: number
  readonly seconds: number
  readonly nanos: number
}

/** Splits nanoseconds since the epoch. */
export function baseTimeOf(unixNano: bigint): BaseTime {
  return {
    high: Number(unixNano >> 32n),
    low: Number(unixNano & 0xffff_ffffn),
    seconds: Number(unixNano / 1_000_000_000n),
    nanos: Number(unixNano % 1_000_000_000n),
  }
}

/** How many numbers of `offsetsNano` a span has: start, end and event since the base. */
export const offsetStride = 3

/** All that patching reads; offsets in `slots` count from the start of `view`. */
export interface PatchTable {
  readonly view: DataView
  readonly slots: Uint32Array
  readonly offsetsNano: Float64Array
}

/** Hex digits of 32 bits. */
export const hexWidth = 8

const hexPairs = Uint16Array.from({ length: 256 }, (_, byte) => {
  const text = byte.toString(16).padStart(2, '0')
  return (text.charCodeAt(0) << 8) | text.charCodeAt(1)
})

/**
 * Makes a span another one of the same shape: its ids are changed by `delta` (four words for trace
 * ids, two for span ids), which keeps equal ids equal, so every parent stays in its trace; the
 * values with many distinct ones follow from the new span id. Times are the caller's.
 */
export function patchIds(table: PatchTable, span: number, delta: Uint32Array, ids: IdPatch): void {
  const { view, slots } = table
  const first = span * slotStride
  ids.change(table, first, delta)
  const spanId = slots[first + SpanSlot.spanId] as number
  const left = ids.left(view, spanId)
  const right = ids.right(view, spanId)
  const user = Math.imul(right, 0x85eb_ca6b) >>> 11
  const order = Math.imul(left, 0x9e37_79b1)
  const request = Math.imul(left ^ right, 0xc2b2_ae35)
  const userAt = slots[first + SpanSlot.user] as number
  view.setUint16(userAt, hexPairs[user >>> 16] as number)
  view.setUint16(userAt + 2, hexPairs[(user >>> 8) & 0xff] as number)
  view.setUint16(userAt + 4, hexPairs[user & 0xff] as number)
  writeHex(view, slots[first + SpanSlot.order] as number, order)
  writeHex(view, slots[first + SpanSlot.request] as number, request)
}

/** Changes the ids of a span whose slots begin at `first`, by a delta as `patchIds` has it. */
export type ChangeIds = (table: PatchTable, first: number, delta: Uint32Array) => void

/** How a format has ids. */
export interface IdPatch {
  readonly change: ChangeIds
  /** 32 bits of the span id at this slot, and 32 others. */
  readonly left: (view: DataView, spanId: number) => number
  readonly right: (view: DataView, spanId: number) => number
}

/** Ids that lie there as bytes, however they are changed. */
export function byteIds(change: ChangeIds): IdPatch {
  return {
    change,
    left: (view, spanId) => view.getUint32(spanId),
    right: (view, spanId) => view.getUint32(spanId + 4),
  }
}

/** Ids as protobuf has them: 16 and 8 bytes. */
export function changeProtobufIds(table: PatchTable, first: number, delta: Uint32Array): void {
  const { view, slots } = table
  const parent = slots[first + SpanSlot.parentSpanId] as number
  const parentTrace = slots[first + SpanSlot.parentTraceId] as number
  changeTraceId(view, slots[first + SpanSlot.traceId] as number, delta)
  changeSpanId(view, slots[first + SpanSlot.spanId] as number, delta)
  if (parent !== 0) changeSpanId(view, parent, delta)
  if (parentTrace !== 0) changeTraceId(view, parentTrace, delta)
}

function changeTraceId(view: DataView, at: number, delta: Uint32Array): void {
  view.setUint32(at, view.getUint32(at) ^ (delta[0] as number))
  view.setUint32(at + 4, view.getUint32(at + 4) ^ (delta[1] as number))
  view.setUint32(at + 8, view.getUint32(at + 8) ^ (delta[2] as number))
  view.setUint32(at + 12, view.getUint32(at + 12) ^ (delta[3] as number))
}

function changeSpanId(view: DataView, at: number, delta: Uint32Array): void {
  view.setUint32(at, view.getUint32(at) ^ (delta[4] as number))
  view.setUint32(at + 4, view.getUint32(at + 4) ^ (delta[5] as number))
}

/** Writes 32 bits as `hexWidth` lower-case digits. */
export function writeHex(view: DataView, at: number, value: number): void {
  view.setUint16(at, hexPairs[value >>> 24] as number)
  view.setUint16(at + 2, hexPairs[(value >>> 16) & 0xff] as number)
  view.setUint16(at + 4, hexPairs[(value >>> 8) & 0xff] as number)
  view.setUint16(at + 6, hexPairs[value & 0xff] as number)
}

/** Times as OTLP has them: fixed64 nanoseconds. */
export function patchOtlpTimes(table: PatchTable, span: number, base: BaseTime): void {
  const { view, slots, offsetsNano } = table
  const first = span * slotStride
  const offset = span * offsetStride
  const event = slots[first + SpanSlot.event] as number
  writeFixed64(view, slots[first + SpanSlot.start] as number, base, offsetsNano[offset] as number)
  writeFixed64(view, slots[first + SpanSlot.end] as number, base, offsetsNano[offset + 1] as number)
  if (event !== 0) writeFixed64(view, event, base, offsetsNano[offset + 2] as number)
}

function writeFixed64(view: DataView, at: number, base: BaseTime, offsetNano: number): void {
  const low = base.low + offsetNano
  view.setUint32(at, low % 4_294_967_296, true)
  view.setUint32(at + 4, base.high + Math.floor(low / 4_294_967_296), true)
}

/** Times as Jaeger has them: a Timestamp whose two varints take five bytes each. */
export function patchJaegerTimes(table: PatchTable, span: number, base: BaseTime): void {
  const { slots, offsetsNano } = table
  const first = span * slotStride
  const offset = span * offsetStride
  const event = slots[first + SpanSlot.event] as number
  writeTimestamp(
    table.view,
    slots[first + SpanSlot.start] as number,
    base,
    offsetsNano[offset] as number,
  )
  if (event !== 0) writeTimestamp(table.view, event, base, offsetsNano[offset + 2] as number)
}

/** `at` is the tag of the seconds: 0x08, five bytes, 0x10, five bytes. */
function writeTimestamp(view: DataView, at: number, base: BaseTime, offsetNano: number): void {
  const nanos = base.nanos + offsetNano
  writeVarint5(view, at + 1, base.seconds + Math.floor(nanos / 1e9))
  writeVarint5(view, at + 7, nanos % 1e9)
}

function writeVarint5(view: DataView, at: number, value: number): void {
  view.setUint8(at, (value & 0x7f) | 0x80)
  view.setUint8(at + 1, ((value >>> 7) & 0x7f) | 0x80)
  view.setUint8(at + 2, ((value >>> 14) & 0x7f) | 0x80)
  view.setUint8(at + 3, ((value >>> 21) & 0x7f) | 0x80)
  view.setUint8(at + 4, (value >>> 28) & 0x7f)
}
