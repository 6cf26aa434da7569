import type { Scan } from './scan.ts'
import {
  faulty,
  scanFixed,
  scanItem,
  scanLength,
  scanNumber32,
  scanOther,
  scanTag,
  scanText,
  scanUnknown,
  scanVarint,
} from './scan.ts'

/**
 * Checks a length-delimited KeyValue and goes behind it.
 *
 *   1 key           string
 *   2 value         AnyValue
 *   3 key_strindex  int32, kept as an unknown field
 *
 * Source: opentelemetry-proto common/v1/common.proto, KeyValue.
 *
 * @param depth nesting of the KeyValue itself
 */
export function scanKeyValue(scan: Scan, start: number, limit: number, depth: number): number {
  let at = scanLength(scan, start, limit)
  if (at < 0) return -1
  if (!scanItem(scan, start, depth)) return -1
  const end = at + scan.value
  while (at < end) {
    at = scanTag(scan, at, end)
    if (at < 0) return -1
    const tag = scan.value
    if (tag === 0x0a) at = scanText(scan, at, end)
    else if (tag === 0x12) at = scanAnyValue(scan, at, end, depth + 1)
    else if (tag === 0x18) at = scanIndex(scan, at, end)
    else at = scanOther(scan, tag, at, end, depth, 3)
    if (at < 0) return -1
  }
  return at
}

/**
 * Checks a length-delimited AnyValue and goes behind it.
 *
 *   1 string_value  string     5 array_value   ArrayValue
 *   2 bool_value    bool       6 kvlist_value  KeyValueList
 *   3 int_value     int64      7 bytes_value   bytes
 *   4 double_value  double     8 string_value_strindex  int32, kept as an unknown field
 *
 * Source: opentelemetry-proto common/v1/common.proto, AnyValue.
 */
function scanAnyValue(scan: Scan, start: number, limit: number, depth: number): number {
  let at = scanLength(scan, start, limit)
  if (at < 0) return -1
  if (depth > scan.nestingMax) return faulty(scan, 'too_deep', start)
  const end = at + scan.value
  while (at < end) {
    at = scanTag(scan, at, end)
    if (at < 0) return -1
    at = scanAnyField(scan, scan.value, at, end, depth)
    if (at < 0) return -1
  }
  return at
}

function scanAnyField(scan: Scan, tag: number, at: number, end: number, depth: number): number {
  switch (tag) {
    case 0x0a:
      return scanText(scan, at, end)
    case 0x10:
      return scanNumber32(scan, at, end)
    case 0x18:
      return scanVarint(scan, at, end)
    case 0x40:
      return scanIndex(scan, at, end)
    case 0x21:
      return scanFixed(scan, at, end, 8)
    case 0x2a:
      return scanList(scan, at, end, depth + 1, false)
    case 0x32:
      return scanList(scan, at, end, depth + 1, true)
    case 0x3a:
      return scanUnknown(scan, tag, at, end, depth)
    default:
      return scanOther(scan, tag, at, end, depth, 8)
  }
}

/** Goes behind an index of a string table; it is kept as it came, so it must be what all can read. */
function scanIndex(scan: Scan, start: number, end: number): number {
  const at = scanVarint(scan, start, end)
  return at - start > 5 && at - start < 10 ? faulty(scan, 'bad_varint', start) : at
}

/** ArrayValue (1: AnyValue) or KeyValueList (1: KeyValue), with its length. */
function scanList(scan: Scan, start: number, limit: number, depth: number, isMap: boolean): number {
  let at = scanLength(scan, start, limit)
  if (at < 0) return -1
  if (depth > scan.nestingMax) return faulty(scan, 'too_deep', start)
  const end = at + scan.value
  while (at < end) {
    at = scanTag(scan, at, end)
    if (at < 0) return -1
    const tag = scan.value
    if (tag !== 0x0a) at = scanOther(scan, tag, at, end, depth, 1)
    else if (isMap) at = scanKeyValue(scan, at, end, depth + 1)
    else at = scanItem(scan, at, depth + 1) ? scanAnyValue(scan, at, end, depth + 1) : -1
    if (at < 0) return -1
  }
  return at
}
