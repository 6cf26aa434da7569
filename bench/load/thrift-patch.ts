import type { BaseTime, PatchTable } from './span-patch.ts'
import { offsetStride } from './span-patch.ts'
import { SpanSlot, slotStride } from './span-slots.ts'

/** From traceIdLow to traceIdHigh, in both protocols: an id and the head of a field. */
const halvesApart = 11

/** Changes the ids of a span by the binary protocol: eight bytes each. */
export function changeBinaryIds(table: PatchTable, first: number, delta: Uint32Array): void {
  const { view, slots } = table
  const traceId = slots[first + SpanSlot.traceId] as number
  const parent = slots[first + SpanSlot.parentSpanId] as number
  changeBytes(view, traceId, delta, 2)
  changeBytes(view, traceId + halvesApart, delta, 0)
  changeBytes(view, slots[first + SpanSlot.spanId] as number, delta, 4)
  if (parent !== 0) changeBytes(view, parent, delta, 4)
}

/** The same by the compact protocol: varints of ten bytes, the last of which stays. */
export function changeCompactIds(table: PatchTable, first: number, delta: Uint32Array): void {
  const { view, slots } = table
  const traceId = slots[first + SpanSlot.traceId] as number
  const parent = slots[first + SpanSlot.parentSpanId] as number
  changeVarint(view, traceId, delta, 2)
  changeVarint(view, traceId + halvesApart, delta, 0)
  changeVarint(view, slots[first + SpanSlot.spanId] as number, delta, 4)
  if (parent !== 0) changeVarint(view, parent, delta, 4)
}

function changeBytes(view: DataView, at: number, delta: Uint32Array, word: number): void {
  view.setUint32(at, view.getUint32(at) ^ (delta[word] as number))
  view.setUint32(at + 4, view.getUint32(at + 4) ^ (delta[word + 1] as number))
}

/** The highest bit of each byte says that more follow. */
const payload = 0x7f7f_7f7f

function changeVarint(view: DataView, at: number, delta: Uint32Array, word: number): void {
  const last = ((delta[word] as number) ^ (delta[word + 1] as number)) & 0x7f
  view.setUint32(at, view.getUint32(at) ^ ((delta[word] as number) & payload))
  view.setUint32(at + 4, view.getUint32(at + 4) ^ ((delta[word + 1] as number) & payload))
  view.setUint8(at + 8, view.getUint8(at + 8) ^ last)
}

/** Times by the binary protocol: microseconds in eight bytes. */
export function patchBinaryTimes(table: PatchTable, span: number, base: BaseTime): void {
  patchMicros(table, span, base, (view, at, micros) => {
    view.setUint32(at, micros / 2 ** 32)
    view.setUint32(at + 4, micros % 2 ** 32)
  })
}

/** Times by the compact protocol: microseconds, doubled, as a varint of eight bytes. */
export function patchCompactTimes(table: PatchTable, span: number, base: BaseTime): void {
  patchMicros(table, span, base, (view, at, micros) => {
    const low = (micros % 2 ** 27) * 2
    const high = Math.floor(micros / 2 ** 27)
    view.setUint8(at, (low & 0x7f) | 0x80)
    view.setUint8(at + 1, ((low >>> 7) & 0x7f) | 0x80)
    view.setUint8(at + 2, ((low >>> 14) & 0x7f) | 0x80)
    view.setUint8(at + 3, ((low >>> 21) & 0x7f) | 0x80)
    view.setUint8(at + 4, (high & 0x7f) | 0x80)
    view.setUint8(at + 5, ((high >>> 7) & 0x7f) | 0x80)
    view.setUint8(at + 6, ((high >>> 14) & 0x7f) | 0x80)
    view.setUint8(at + 7, (high >>> 21) & 0x7f)
  })
}

/** Writes the times of a format that has whole microseconds. */
export function patchMicros(
  { view, slots, offsetsNano }: PatchTable,
  span: number,
  { seconds, nanos }: BaseTime,
  write: (view: DataView, at: number, micros: number) => void,
): void {
  const first = span * slotStride
  const offset = span * offsetStride
  const event = slots[first + SpanSlot.event] as number
  const microsOf = (offsetNano: number) =>
    seconds * 1_000_000 + Math.floor((nanos + offsetNano) / 1000)
  write(view, slots[first + SpanSlot.start] as number, microsOf(offsetsNano[offset] as number))
  if (event !== 0) write(view, event, microsOf(offsetsNano[offset + 2] as number))
}
