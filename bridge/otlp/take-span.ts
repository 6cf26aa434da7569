import assert from 'node:assert/strict'
import { isZeroAt, spanIdLength, traceIdLength } from '../model/identifier.ts'
import type { SamplingThreshold } from '../model/sampling-threshold.ts'
import { samplingThresholdOf } from '../model/sampling-threshold.ts'
import { LenientReader } from '../repair/escaped-text.ts'
import { repairSpan } from '../repair/repair-span.ts'
import { textOf } from '../wire/reader.ts'
import { readSpan } from './decode-span.ts'
import type { Decoding } from './decoding.ts'
import { countRepairs } from './decoding.ts'
import { encodeSpan } from './encode-span.ts'
import type { Scan } from './scan.ts'
import { createScan } from './scan.ts'
import { Found, scanSpan } from './scan-span.ts'

/**
 * Takes the Span between `start` and `end` into the batch, repairs it first or rejects it.
 *
 * @param group index of its group, which is made when this is its first span
 */
export function takeSpan(decoding: Decoding, start: number, end: number, group: number): void {
  const { scan, found, builder, limits } = decoding
  const length = end - start
  if (length === 0) decoding.rejections.add('empty', () => 'span is empty')
  else if (length > limits.spanBytesMax) {
    const most = `at most ${limits.spanBytesMax} (spanBytesMax)`
    decoding.rejections.add('too_large', () => `span has ${length} bytes, ${most}`)
  } else if (scanSpan(scan, start, end, found) < 0) {
    rejectFault(decoding)
    builder.dropTerms()
  } else if (checkIds(decoding)) {
    if (builder.groupCount === group) builder.addGroup()
    if (needsRepair(scan, found)) addRepaired(decoding, start, end, group)
    else {
      const { bytes } = decoding
      builder.addSpan(group, start, length, found, scan.view, 0, thresholdOf(bytes, found))
    }
  } else builder.dropTerms()
  decoding.onItems?.(scan.items)
}

function needsRepair(scan: Scan, found: Uint32Array): boolean {
  const isReadable = !scan.hasBadText && !scan.hasLongNumber
  return !isReadable || found[Found.nameLength] === 0 || endsBeforeStart(found)
}

function addRepaired(decoding: Decoding, start: number, end: number, group: number): void {
  const { builder, found, limits } = decoding
  const threshold = thresholdOf(decoding.bytes, found)
  const span = readSpan(new LenientReader(decoding.bytes, start, end))
  const { value, repairs } = repairSpan(span)
  countRepairs(decoding, repairs)
  // What a later value replaces is gone once the span is decoded, and numbers become short.
  if (decoding.scan.hasLongNumber) countRepairs(decoding, ['overlong_number'])
  if (decoding.scan.hasBadText && !repairs.includes('invalid_utf8')) {
    countRepairs(decoding, ['invalid_utf8'])
  }
  const bytes = encodeSpan(value)
  builder.dropTerms()
  const { terms } = decoding.scan
  const scan = createScan(bytes, limits.nestingMax, Number.MAX_SAFE_INTEGER, terms)
  assert(scanSpan(scan, 0, bytes.length, found) >= 0 && !needsRepair(scan, found))
  const offset = builder.append(bytes)
  clearZeroParent(bytes, found)
  builder.addSpan(group, offset, bytes.length, found, scan.view, offset, threshold)
}

/** Checks the lengths and zeros of the ids; notes a parent of zeros as none. */
function checkIds({ bytes, found, rejections }: Decoding): boolean {
  const traceId = found[Found.traceIdLength] as number
  const spanId = found[Found.spanIdLength] as number
  const parent = found[Found.parentSpanIdLength] as number
  if (traceId !== traceIdLength) {
    rejections.add('trace_id', () => `trace id has ${traceId} bytes, must be ${traceIdLength}`)
  } else if (isZeroAt(bytes, found[Found.traceId] as number, traceIdLength)) {
    rejections.add('trace_id', () => 'trace id is all zero')
  } else if (spanId !== spanIdLength) {
    rejections.add('span_id', () => `span id has ${spanId} bytes, must be ${spanIdLength}`)
  } else if (isZeroAt(bytes, found[Found.spanId] as number, spanIdLength)) {
    rejections.add('span_id', () => 'span id is all zero')
  } else if (parent !== 0 && parent !== spanIdLength) {
    const allowed = `must be ${spanIdLength} or none`
    rejections.add('parent_span_id', () => `parent span id has ${parent} bytes, ${allowed}`)
  } else {
    clearZeroParent(bytes, found)
    return true
  }
  return false
}

/** Notes a parent of zeros, or of no bytes, as none. */
export function clearZeroParent(bytes: Uint8Array, found: Uint32Array): void {
  const length = found[Found.parentSpanIdLength] as number
  if (length === 0 || isZeroAt(bytes, found[Found.parentSpanId] as number, length)) {
    found[Found.parentSpanId] = 0
  }
}

function endsBeforeStart(found: Uint32Array): boolean {
  const startHigh = found[Found.startHigh] as number
  const endHigh = found[Found.endHigh] as number
  if (startHigh !== endHigh) return endHigh < startHigh
  return (found[Found.endLow] as number) < (found[Found.startLow] as number)
}

/** The sampling threshold of the trace state that `scanSpan` found, if it has one. */
export function thresholdOf(bytes: Uint8Array, found: Uint32Array): SamplingThreshold | undefined {
  const length = found[Found.traceStateLength] as number
  if (length === 0) return undefined
  const offset = found[Found.traceState] as number
  return samplingThresholdOf(textOf(bytes.subarray(offset, offset + length)))
}

function rejectFault({ scan, limits, rejections }: Decoding): void {
  const { fault, faultAt } = scan
  const field = scan.faultField === '' ? 'span' : scan.faultField
  if (fault === 'too_deep') {
    const limit = `${limits.nestingMax} messages deep (nestingMax)`
    rejections.add('too_deep', () => `${field} is nested over ${limit}`)
  } else if (fault === 'too_many') {
    const limit = `${limits.itemsMax} attributes, events, links and values (itemsMax)`
    rejections.add('too_large', () => `span has over ${limit}`)
  } else rejections.add('malformed', () => `${field} is broken at byte ${faultAt} (${fault})`)
}
