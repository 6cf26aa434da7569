import { TermLevel } from '../model/term-hash.ts'
import type { Scan } from './scan.ts'
import {
  faultIn,
  faulty,
  scanBytes,
  scanFixed,
  scanItem,
  scanLength,
  scanNumber32,
  scanOther,
  scanTag,
  scanText,
  scanUnknown,
} from './scan.ts'
import { scanAttribute } from './scan-attribute.ts'

/** What `scanSpan` finds: indexes into its `found`. Offsets are positions in the scanned bytes. */
export const Found = {
  traceId: 0,
  traceIdLength: 1,
  spanId: 2,
  spanIdLength: 3,
  parentSpanId: 4,
  parentSpanIdLength: 5,
  name: 6,
  nameLength: 7,
  traceState: 8,
  traceStateLength: 9,
  kind: 10,
  statusCode: 11,
  /** Nanoseconds as two halves, so that no bigint is made. */
  startLow: 12,
  startHigh: 13,
  endLow: 14,
  endHigh: 15,
} as const

/** Length of the array that `scanSpan` fills. */
export const foundLength = 16

/** Nesting of a Span message: TracesData 0, ResourceSpans 1, ScopeSpans 2. */
export const spanDepth = 3

/**
 * Checks the body of a Span from `start` to `end`, everything nested in it included, and notes what
 * the index needs. A repeated scalar counts with its last value, as protobuf says.
 *
 *    1 trace_id        bytes     8 end_time_unix_nano        fixed64
 *    2 span_id         bytes     9 attributes                repeated KeyValue
 *    3 trace_state     string   10 dropped_attributes_count  uint32
 *    4 parent_span_id  bytes    11 events                    repeated Event
 *    5 name            string   12 dropped_events_count      uint32
 *    6 kind            enum     13 links                     repeated Link
 *    7 start_time_unix_nano     14 dropped_links_count       uint32
 *                      fixed64  15 status  Status   16 flags fixed32
 *
 * Source: opentelemetry-proto trace/v1/trace.proto, Span.
 *
 * @returns `end`, or -1 with the fault in `scan`
 */
export function scanSpan(scan: Scan, start: number, end: number, found: Uint32Array): number {
  const bytes = scan.bytes
  scan.items = 0
  scan.hasBadText = false
  scan.hasLongNumber = false
  found.fill(0)
  let at = start
  while (at < end) {
    let tag = bytes[at] as number
    if (tag < 0x80 && tag > 7) at++
    else {
      at = scanTag(scan, at, end)
      if (at < 0) return -1
      tag = scan.value
    }
    switch (tag) {
      case 0x4a:
        at = scanAttribute(scan, at, end, spanDepth + 1, TermLevel.span)
        if (at < 0) return faultIn(scan, 'attributes')
        break
      case 0x0a:
        at = noteBytes(scan, at, end, found, Found.traceId)
        break
      case 0x12:
        at = noteBytes(scan, at, end, found, Found.spanId)
        break
      case 0x22:
        at = noteBytes(scan, at, end, found, Found.parentSpanId)
        break
      case 0x2a:
        at = noteText(scan, at, end, found, Found.name)
        break
      case 0x1a:
        at = noteText(scan, at, end, found, Found.traceState)
        break
      case 0x30:
        at = scanNumber32(scan, at, end)
        found[Found.kind] = scan.value
        break
      case 0x39:
        at = noteTime(scan, at, end, found, Found.startLow)
        break
      case 0x41:
        at = noteTime(scan, at, end, found, Found.endLow)
        break
      default:
        at = scanRest(scan, tag, at, end, found)
    }
    if (at < 0) return -1
  }
  return at
}

function scanRest(scan: Scan, tag: number, at: number, end: number, found: Uint32Array): number {
  switch (tag) {
    case 0x50:
    case 0x60:
    case 0x70:
      return scanNumber32(scan, at, end)
    case 0x85:
      return scanFixed(scan, at, end, 4)
    case 0x5a: {
      const next = scanEvent(scan, at, end, spanDepth + 1)
      return next < 0 ? faultIn(scan, 'events') : next
    }
    case 0x6a: {
      const next = scanLink(scan, at, end, spanDepth + 1)
      return next < 0 ? faultIn(scan, 'links') : next
    }
    case 0x7a: {
      const next = scanStatus(scan, at, end, found)
      return next < 0 ? faultIn(scan, 'status') : next
    }
    default:
      return scanOther(scan, tag, at, end, spanDepth, 16)
  }
}

/** 1 time_unix_nano fixed64, 2 name string, 3 attributes, 4 dropped_attributes_count uint32 */
function scanEvent(scan: Scan, start: number, limit: number, depth: number): number {
  let at = scanLength(scan, start, limit)
  if (at < 0) return -1
  if (!scanItem(scan, start, depth)) return -1
  const end = at + scan.value
  while (at < end) {
    at = scanTag(scan, at, end)
    if (at < 0) return -1
    const tag = scan.value
    if (tag === 0x09) at = scanFixed(scan, at, end, 8)
    else if (tag === 0x12) at = scanText(scan, at, end)
    else if (tag === 0x1a) at = scanAttribute(scan, at, end, depth + 1, TermLevel.event)
    else if (tag === 0x20) at = scanNumber32(scan, at, end)
    else at = scanOther(scan, tag, at, end, depth, 4)
    if (at < 0) return -1
  }
  return at
}

/**
 * 1 trace_id bytes, 2 span_id bytes, 3 trace_state string, 4 attributes,
 * 5 dropped_attributes_count uint32, 6 flags fixed32
 */
function scanLink(scan: Scan, start: number, limit: number, depth: number): number {
  let at = scanLength(scan, start, limit)
  if (at < 0) return -1
  if (!scanItem(scan, start, depth)) return -1
  const end = at + scan.value
  while (at < end) {
    at = scanTag(scan, at, end)
    if (at < 0) return -1
    const tag = scan.value
    if (tag === 0x0a || tag === 0x12) at = scanBytes(scan, at, end)
    else if (tag === 0x1a) at = scanText(scan, at, end)
    else if (tag === 0x22) at = scanAttribute(scan, at, end, depth + 1, TermLevel.link)
    else if (tag === 0x28) at = scanNumber32(scan, at, end)
    else if (tag === 0x35) at = scanFixed(scan, at, end, 4)
    else at = scanOther(scan, tag, at, end, depth, 6)
    if (at < 0) return -1
  }
  return at
}

/** 2 message string, 3 code enum; 1 was used once and is unknown now. Merged when repeated. */
function scanStatus(scan: Scan, start: number, limit: number, found: Uint32Array): number {
  let at = scanLength(scan, start, limit)
  if (at < 0) return -1
  const depth = spanDepth + 1
  if (depth > scan.nestingMax) return faulty(scan, 'too_deep', start)
  const end = at + scan.value
  while (at < end) {
    at = scanTag(scan, at, end)
    if (at < 0) return -1
    const tag = scan.value
    if (tag === 0x12) at = scanText(scan, at, end)
    else if (tag === 0x18) {
      at = scanNumber32(scan, at, end)
      found[Found.statusCode] = scan.value
    } else if (tag >>> 3 === 1) at = scanUnknown(scan, tag, at, end, depth)
    else at = scanOther(scan, tag, at, end, depth, 3)
    if (at < 0) return -1
  }
  return at
}

function noteBytes(
  scan: Scan,
  start: number,
  end: number,
  found: Uint32Array,
  slot: number,
): number {
  const at = scanLength(scan, start, end)
  if (at < 0) return -1
  found[slot] = at
  found[slot + 1] = scan.value
  return at + scan.value
}

function noteText(
  scan: Scan,
  start: number,
  end: number,
  found: Uint32Array,
  slot: number,
): number {
  const at = scanText(scan, start, end)
  if (at < 0) return -1
  found[slot] = at - scan.value
  found[slot + 1] = scan.value
  return at
}

function noteTime(scan: Scan, at: number, end: number, found: Uint32Array, slot: number): number {
  if (end - at < 8) return faulty(scan, 'truncated', at)
  found[slot] = scan.view.getUint32(at, true)
  found[slot + 1] = scan.view.getUint32(at + 4, true)
  return at + 8
}
