import { isUtf8 } from 'node:buffer'
import { viewOf } from '../model/term-hash.ts'
import { WireType } from '../wire/reader.ts'
import type { WireErrorCode } from '../wire/wire-error.ts'
import type { TermList } from './term-list.ts'

/**
 * Checks encoded OTLP without building objects: the ingest path calls these functions for every
 * field of every span, so they return positions and never throw. -1 is a fault, which is then told
 * by `fault`, `faultAt` and `faultField`; a thrown error for each bad span of a hostile request
 * would cost more than a thousand good ones.
 *
 * Tags and lengths may be padded, but take at most 5 bytes and 32 bits, as in protobuf's C++
 * implementations; scalars at most 10 bytes and 64 bits.
 */
export interface Scan {
  readonly bytes: Uint8Array
  /** The same bytes. */
  readonly view: DataView
  readonly nestingMax: number
  readonly itemsMax: number
  /** The last tag, length or scalar (its lower 32 bits, signed). */
  value: number
  /** Attributes, events, links, list elements and map entries so far. */
  items: number
  /** True when a text was not UTF-8. */
  hasBadText: boolean
  /** True when a 32-bit number or a boolean took 6 to 9 bytes; see `scanNumber32`. */
  hasLongNumber: boolean
  /** Where the terms of attributes are noted; undefined when nobody asks for them. */
  terms: TermList | undefined
  fault: ScanFault
  faultAt: number
  faultField: string
}

/** Why a scan ended early. */
export type ScanFault = WireErrorCode

/** A scan over `bytes`, with nothing found yet. */
export function createScan(
  bytes: Uint8Array,
  nestingMax: number,
  itemsMax: number,
  terms?: TermList,
): Scan {
  return {
    bytes,
    view: viewOf(bytes),
    nestingMax,
    itemsMax,
    value: 0,
    items: 0,
    hasBadText: false,
    hasLongNumber: false,
    terms,
    fault: 'bad_value',
    faultAt: 0,
    faultField: '',
  }
}

/** Notes what is wrong where; always -1. */
export function faulty(scan: Scan, fault: ScanFault, at: number): number {
  scan.fault = fault
  scan.faultAt = at
  scan.faultField = ''
  return -1
}

/** Names the field of a fault that came from within, unless one is named already; always -1. */
export function faultIn(scan: Scan, field: string): number {
  if (scan.faultField === '') scan.faultField = field
  return -1
}

/** Reads a tag or length into `value`. */
export function scanUint32(scan: Scan, start: number, end: number): number {
  const bytes = scan.bytes
  let at = start
  let value = 0
  for (let shift = 0; shift < 35; shift += 7) {
    if (at >= end) return faulty(scan, 'truncated', start)
    const byte = bytes[at++] as number
    value |= (byte & 0x7f) << shift
    if (byte < 0x80) {
      if (shift === 28 && byte > 0x0f) return faulty(scan, 'bad_varint', start)
      scan.value = value
      return at
    }
  }
  return faulty(scan, 'bad_varint', start)
}

/** Reads a tag into `value`; field number 0 is a fault. */
export function scanTag(scan: Scan, start: number, end: number): number {
  if (start < end) {
    // Fields 1 to 15 in one byte: nearly all of them.
    const byte = scan.bytes[start] as number
    if (byte < 0x80 && byte > 7) {
      scan.value = byte
      return start + 1
    }
  }
  const at = scanUint32(scan, start, end)
  if (at >= 0 && scan.value >>> 3 === 0) return faulty(scan, 'bad_tag', start)
  return at
}

/** Reads a scalar varint; `value` gets its lower 32 bits. */
export function scanVarint(scan: Scan, start: number, end: number): number {
  const bytes = scan.bytes
  if (start < end && (bytes[start] as number) < 0x80) {
    scan.value = bytes[start] as number
    return start + 1
  }
  let at = start
  let value = 0
  for (let shift = 0; shift < 70; shift += 7) {
    if (at >= end) return faulty(scan, 'truncated', start)
    const byte = bytes[at++] as number
    if (shift < 32) value |= (byte & 0x7f) << shift
    if (byte < 0x80) {
      if (shift === 63 && byte > 1) return faulty(scan, 'bad_varint', start)
      scan.value = value
      return at
    }
  }
  return faulty(scan, 'bad_varint', start)
}

/**
 * Reads a boolean or 32-bit scalar into `value`. One of 6 to 9 bytes is legal, but nobody writes it
 * and protobufjs 8 takes it for 10, so it is noted.
 */
export function scanNumber32(scan: Scan, start: number, end: number): number {
  const at = scanVarint(scan, start, end)
  if (at - start > 5 && at - start < 10) scan.hasLongNumber = true
  return at
}

/** Reads a length into `value` and goes to the first of that many bytes, which are all there. */
export function scanLength(scan: Scan, start: number, end: number): number {
  let at = start
  if (at < end && (scan.bytes[at] as number) < 0x80) scan.value = scan.bytes[at++] as number
  else {
    at = scanUint32(scan, start, end)
    if (at < 0) return -1
  }
  // Unsigned: a length of 2 GiB and more is no negative one.
  return scan.value >>> 0 > end - at ? faulty(scan, 'bad_length', start) : at
}

/** Goes behind a length-delimited field; `value` is its length. */
export function scanBytes(scan: Scan, start: number, end: number): number {
  const at = scanLength(scan, start, end)
  return at < 0 ? -1 : at + scan.value
}

/** Goes behind `length` bytes. */
export function scanFixed(scan: Scan, start: number, end: number, length: number): number {
  return end - start < length ? faulty(scan, 'truncated', start) : start + length
}

/** Goes behind a text and notes it when it is not UTF-8; `value` is its length. */
export function scanText(scan: Scan, start: number, end: number): number {
  const from = scanLength(scan, start, end)
  if (from < 0) return -1
  const to = from + scan.value
  const bytes = scan.bytes
  let bits = 0
  // A call out of the engine costs as much as this loop over some 100 bytes.
  if (scan.value <= 96) for (let at = from; at < to; at++) bits |= bytes[at] as number
  else bits = 0x80
  if (bits >= 0x80 && !isUtf8(bytes.subarray(from, to))) scan.hasBadText = true
  return to
}

/**
 * Goes behind the value of a field that is not known.
 *
 * @param depth nesting of the message that has the field
 */
export function scanUnknown(
  scan: Scan,
  tag: number,
  start: number,
  end: number,
  depth: number,
): number {
  switch (tag & 7) {
    case WireType.varint:
      return scanVarint(scan, start, end)
    case WireType.fixed64:
      return scanFixed(scan, start, end, 8)
    case WireType.bytes:
      return scanBytes(scan, start, end)
    case WireType.fixed32:
      return scanFixed(scan, start, end, 4)
    case WireType.groupStart:
      return scanGroup(scan, tag >>> 3, start, end, depth + 1)
    default:
      return faulty(scan, 'bad_wire_type', start)
  }
}

/**
 * Like `scanUnknown`, but fields up to `knownMax` are known: these came with a wrong wire type.
 */
export function scanOther(
  scan: Scan,
  tag: number,
  start: number,
  end: number,
  depth: number,
  knownMax: number,
): number {
  if (tag >>> 3 <= knownMax) return faulty(scan, 'bad_wire_type', start)
  return scanUnknown(scan, tag, start, end, depth)
}

/** Counts an item and tells whether it is one too many or too deep. */
export function scanItem(scan: Scan, at: number, depth: number): boolean {
  if (depth > scan.nestingMax) faulty(scan, 'too_deep', at)
  else if (++scan.items > scan.itemsMax) faulty(scan, 'too_many', at)
  else return true
  return false
}

function scanGroup(scan: Scan, field: number, start: number, end: number, depth: number): number {
  if (depth > scan.nestingMax) return faulty(scan, 'too_deep', start)
  let at = start
  while (at < end) {
    at = scanTag(scan, at, end)
    if (at < 0) return -1
    const tag = scan.value
    if ((tag & 7) === WireType.groupEnd) {
      return tag >>> 3 === field ? at : faulty(scan, 'bad_wire_type', at)
    }
    at = scanUnknown(scan, tag, at, end, depth)
    if (at < 0) return -1
  }
  return faulty(scan, 'truncated', start)
}
