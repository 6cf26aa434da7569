import { absent } from '../../bridge/model/span-batch.ts'

/**
 * Bodies without what columns and ids of a block hold besides: ids and times are half of what is left of
 * a span when it is compressed, and cost the most to compress. Most spans begin as all encoders write them,
 *
 *   0a 10 trace id, 12 08 span id, 22 08 parent id unless it is a root
 *   2a length name, 30 kind     either may be missing; both lengths below 128
 *   39 start, 41 end
 *
 * and of these a cut body has the second line and what follows the third. Where to put the rest back
 * follows from the cut body itself. Every other span stays as it is.
 */

/** Bytes of start and end with their tags. */
export const timesBytes = 18
/** Bytes before the name, of a root and of another span. */
const rootFront = 28
const childFront = 38
/** What is cut of one span, at most. */
export const cutBytesMax = childFront + timesBytes

/** What of a span is in columns and ids. */
export interface CutParts {
  /** 16 bytes each; `traces` are indexes into them. */
  readonly traceIds: Uint8Array
  readonly traces: Uint16Array
  /** 8 bytes each. */
  readonly spanIds: Uint8Array
  /** 8 bytes each; zeros where there is no parent. */
  readonly parentIds: Uint8Array
  /** µs since the epoch. */
  readonly ownStarts: Float64Array
  /** µs. */
  readonly durations: Float64Array
  /** As `SpanField.nanoRemainders`. */
  readonly nanoRemainders: Uint32Array
}

/** What the parts of one span make. */
const made = new Uint8Array(cutBytesMax)

/**
 * How many bytes of a span's body are cut from its front; `timesBytes` more are cut behind the name
 * and the kind. 0 when nothing is: only what `restoreBody` makes again, byte for byte, is ever cut.
 *
 * @param front what `idsFront` gave for the span
 */
export function frontOf(
  parts: CutParts,
  span: number,
  front: number,
  bytes: Uint8Array,
  offset: number,
  length: number,
): number {
  if (front === 0 || front !== frontBytes(parts.parentIds, span)) return 0
  if (bytes[offset] !== 0x0a || bytes[offset + 1] !== 16) return 0
  if (bytes[offset + 18] !== 0x12 || bytes[offset + 19] !== 8) return 0
  const isChild = front === childFront
  if (isChild && (bytes[offset + 28] !== 0x22 || bytes[offset + 29] !== 8)) return 0
  const end = offset + length
  const times = middleEnd(bytes, offset + front, end)
  if (times < 0 || times + timesBytes > end || !hasTimes(parts, span, bytes, times)) return 0
  // A name or kind behind the times would be taken for one before them.
  const next = times + timesBytes < end ? bytes[times + timesBytes] : 0
  return next === nameTag || next === kindTag ? 0 : front
}

/**
 * Bytes up to the last id of a body where its ids lie as in a usual one, else 0.
 *
 * @param parentId where that is, or `absent`
 */
export function idsFront(
  offset: number,
  traceId: number,
  spanId: number,
  parentId: number,
): number {
  if (traceId !== offset + 2 || spanId !== offset + 20) return 0
  if (parentId === absent) return rootFront
  return parentId === offset + 30 ? childFront : 0
}

/** Moves a body without its front and its times to `at`, and gives where it ends there. */
export function cutBody(
  from: Uint8Array,
  offset: number,
  length: number,
  front: number,
  into: Uint8Array,
  at: number,
): number {
  const end = offset + length
  const middle = offset + front
  const times = middleEnd(from, middle, end)
  for (let index = middle; index < times; index++) into[at + index - middle] = from[index] as number
  into.set(from.subarray(times + timesBytes, end), at + times - middle)
  return at + length - front - timesBytes
}

/** Moves what is cut of a body to `at`, the front and the times, and gives where it ends there. */
export function copyCut(
  from: Uint8Array,
  offset: number,
  length: number,
  front: number,
  into: Uint8Array,
  at: number,
): number {
  const times = middleEnd(from, offset + front, offset + length)
  copy(from, offset, front, into, at)
  copy(from, times, timesBytes, into, at + front)
  return at + front + timesBytes
}

/**
 * Makes a body of `length` bytes at `at` again, from its cut body at `offset` and what was cut.
 *
 * @throws RangeError when they do not belong together
 */
export function joinBody(
  parts: { readonly bytes: Uint8Array; readonly offset: number; readonly front: number },
  cut: Uint8Array,
  offset: number,
  length: number,
  into: Uint8Array,
  at: number,
): void {
  const { bytes, front } = parts
  const end = offset + length - front - timesBytes
  const times = middleEnd(cut, offset, end)
  if (times < 0 || times > end || end > cut.length) throw new RangeError('a cut body is too short')
  copy(bytes, parts.offset, front, into, at)
  copy(cut, offset, times - offset, into, at + front)
  const rest = at + front + times - offset
  copy(bytes, parts.offset + front, timesBytes, into, rest)
  into.set(cut.subarray(times, end), rest + timesBytes)
}

/** Makes the body of a span of `length` bytes at `at` again, from its cut body at `offset`. */
export function restoreBody(
  parts: CutParts,
  span: number,
  cut: Uint8Array,
  offset: number,
  length: number,
  into: Uint8Array,
  at: number,
): void {
  const front = putFront(parts, span, made, 0)
  putTimes(parts, span)
  made[front] = 0x39
  putWord(words[0] as number, made, front + 1)
  putWord(words[1] as number, made, front + 5)
  made[front + 9] = 0x41
  putWord(words[2] as number, made, front + 10)
  putWord(words[3] as number, made, front + 14)
  joinBody({ bytes: made, offset: 0, front }, cut, offset, length, into, at)
}

/** Bytes that are cut from the front of a span if anything is. */
export function frontBytes(parentIds: Uint8Array, span: number): number {
  for (let at = span * 8; at < span * 8 + 8; at++) if (parentIds[at] !== 0) return childFront
  return rootFront
}

const nameTag = 0x2a
const kindTag = 0x30

/** Behind name and kind at `start`, if they are there; -1 for a length of more than one byte. */
function middleEnd(bytes: Uint8Array, start: number, end: number): number {
  let at = start
  if (at + 1 < end && bytes[at] === nameTag) {
    const length = bytes[at + 1] as number
    if (length > 0x7f) return -1
    at += 2 + length
  }
  if (at + 1 < end && bytes[at] === kindTag) {
    if ((bytes[at + 1] as number) > 0x7f) return -1
    at += 2
  }
  return at
}

/** True when the times of the span are at `at`, with their tags. */
function hasTimes(parts: CutParts, span: number, bytes: Uint8Array, at: number): boolean {
  if (bytes[at] !== 0x39 || bytes[at + 9] !== 0x41) return false
  putTimes(parts, span)
  return (
    wordAt(bytes, at + 1) === words[0] &&
    wordAt(bytes, at + 5) === words[1] &&
    wordAt(bytes, at + 10) === words[2] &&
    wordAt(bytes, at + 14) === words[3]
  )
}

function wordAt(bytes: Uint8Array, at: number): number {
  const word =
    (bytes[at] as number) |
    ((bytes[at + 1] as number) << 8) |
    ((bytes[at + 2] as number) << 16) |
    ((bytes[at + 3] as number) << 24)
  return word >>> 0
}

function putFront(parts: CutParts, span: number, into: Uint8Array, at: number): number {
  into[at] = 0x0a
  into[at + 1] = 16
  copy(parts.traceIds, (parts.traces[span] as number) * 16, 16, into, at + 2)
  into[at + 18] = 0x12
  into[at + 19] = 8
  copy(parts.spanIds, span * 8, 8, into, at + 20)
  const front = frontBytes(parts.parentIds, span)
  if (front === rootFront) return front
  into[at + 28] = 0x22
  into[at + 29] = 8
  copy(parts.parentIds, span * 8, 8, into, at + 30)
  return front
}

/** Start and end of one span, each its lower word first. */
const words = new Uint32Array(4)

/** Puts the span's start and end, nanoseconds since the epoch, into `words`. */
function putTimes(parts: CutParts, span: number): void {
  const start = parts.ownStarts[span] as number
  const nanos = parts.nanoRemainders[span] as number
  const durationNanos = Math.floor(nanos / 1000)
  const startNanos = nanos - durationNanos * 1000
  putNanos(start, startNanos, 0)
  putNanos(start + (parts.durations[span] as number), startNanos + durationNanos, 2)
}

/** Puts micros · 1000 + nanos into two words; no product here is above 2^53. */
function putNanos(micros: number, nanos: number, at: number): void {
  const upper = Math.floor(micros / 0x10_0000)
  const thousands = upper * 1000
  const high = Math.floor(thousands / 0x1000)
  const low = (thousands - high * 0x1000) * 0x10_0000 + (micros - upper * 0x10_0000) * 1000 + nanos
  const carried = low >= 0x1_0000_0000 ? 1 : 0
  words[at] = low
  words[at + 1] = high + carried
}

function putWord(word: number, into: Uint8Array, at: number): void {
  into[at] = word
  into[at + 1] = word >>> 8
  into[at + 2] = word >>> 16
  into[at + 3] = word >>> 24
}

function copy(from: Uint8Array, start: number, count: number, into: Uint8Array, at: number): void {
  for (let index = 0; index < count; index++) into[at + index] = from[start + index] as number
}
