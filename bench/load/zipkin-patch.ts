import type { BaseTime, IdPatch, PatchTable } from './span-patch.ts'
import { hexWidth, writeHex } from './span-patch.ts'
import { SpanSlot } from './span-slots.ts'
import { patchMicros } from './thrift-patch.ts'

/** Ids as hex digits. */
export const hexIds: IdPatch = {
  change: (table, first, delta) => {
    const { view, slots } = table
    const traceId = slots[first + SpanSlot.traceId] as number
    const parent = slots[first + SpanSlot.parentSpanId] as number
    for (let word = 0; word < 4; word++) changeHex(view, traceId + word * hexWidth, delta, word)
    changeSpanId(view, slots[first + SpanSlot.spanId] as number, delta)
    if (parent !== 0) changeSpanId(view, parent, delta)
  },
  left: readHex,
  right: (view, spanId) => readHex(view, spanId + hexWidth),
}

function changeSpanId(view: DataView, at: number, delta: Uint32Array): void {
  changeHex(view, at, delta, 4)
  changeHex(view, at + hexWidth, delta, 5)
}

function changeHex(view: DataView, at: number, delta: Uint32Array, word: number): void {
  writeHex(view, at, readHex(view, at) ^ (delta[word] as number))
}

/** 32 bits of lower-case digits. */
function readHex(view: DataView, at: number): number {
  let value = 0
  for (let digit = at; digit < at + hexWidth; digit++) {
    const character = view.getUint8(digit)
    value = (value << 4) | (character < letterA ? character - digit0 : character - letterA + 10)
  }
  return value
}

/** Times as 16 decimal digits of microseconds, which all of this century have. */
export function patchDecimalTimes(table: PatchTable, span: number, base: BaseTime): void {
  patchMicros(table, span, base, (view, at, micros) => {
    writeDecimal(view, at, Math.floor(micros / 1e8))
    writeDecimal(view, at + 8, micros % 1e8)
  })
}

/** Eight digits. */
function writeDecimal(view: DataView, at: number, value: number): void {
  let rest = value
  for (let digit = at + 7; digit >= at; digit--) {
    const tens = (rest / 10) | 0
    view.setUint8(digit, digit0 + rest - tens * 10)
    rest = tens
  }
}

const digit0 = 0x30
const letterA = 0x61
