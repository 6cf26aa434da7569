import { spanIdLength, traceIdLength } from '../model/identifier.ts'
import { TermLevel } from '../model/term-hash.ts'
import { Found } from '../otlp/scan-span.ts'
import type { SpanOutput } from '../otlp/span-output.ts'
import { fieldLength } from '../otlp/span-output.ts'
import { WireWriter } from '../wire/writer.ts'
import type { SpanParts } from './span-parts.ts'
import { SpanTimes } from './span-times.ts'
import type { SpecialTags } from './special-tags.ts'
import { sampledFlag, TagName } from './tag-names.ts'
import { writeEvents } from './write-events.ts'
import { noParent, parentOf, writeLinks } from './write-references.ts'
import { writeTag } from './write-tag.ts'

/**
 * Writes a Jaeger span as the body of an OTLP Span, fields in the order of their numbers, and notes
 * what the index of the batch needs, as `scanSpan` would find it in the bytes written.
 *
 *    1 trace_id                8 end_time_unix_nano
 *    2 span_id                 9 attributes: tags, then what OTLP has no field for
 *    3 trace_state            11 events, see write-events.ts
 *    4 parent_span_id         13 links, see write-references.ts
 *    5 name                   15 status
 *    6 kind                   16 flags: bit 0
 *    7 start_time_unix_nano   unknown fields
 *
 * @param from the bytes in which the parts were read
 * @returns false when there is something in it that `scanSpan` has to look at: the terms that were
 * noted may be wrong, and it may have to be repaired or refused
 */
export function writeSpan(
  out: SpanOutput,
  from: Uint8Array,
  parts: SpanParts,
  special: SpecialTags,
  found: Uint32Array,
): boolean {
  out.hasBadText = false
  found.fill(0)
  times.set(parts)
  parts.hasMovedTimes = times.warnings.length > 0
  const parent = parentOf(parts)
  writeIds(out, parts, special, parent, found)
  const { name, tags } = parts
  out.text(0x2a, from, name.start, name.length)
  found[Found.name] = out.size - name.length
  found[Found.nameLength] = name.length
  writeNumber(out, 0x30, special.kind)
  found[Found.kind] = special.kind
  writeTimes(out, found)
  for (let tag = 0; tag < tags.count; tag++) {
    if (!special.isTaken(tag)) writeTag(out, 0x4a, TermLevel.span, from, tags, tag)
  }
  const hasMore = writeKeptElsewhere(out, parts)
  writeEvents(out, from, parts)
  writeLinks(out, parts, parent)
  writeStatus(out, special, found)
  if ((parts.flags & sampledFlag) !== 0) out.raw(sampledFlags)
  if (parts.unknown !== undefined) out.raw(parts.unknown)
  return !hasMore && !out.hasBadText && name.length > 0 && !hasUnknown(parts) && !isNegative()
}

/** Fields 1 to 4. */
function writeIds(
  out: SpanOutput,
  { ids }: SpanParts,
  { traceState }: SpecialTags,
  parent: number,
  found: Uint32Array,
): void {
  out.slice(0x0a, ids.bytes, ids.traceIdAt(0), traceIdLength)
  found[Found.traceId] = out.size - traceIdLength
  found[Found.traceIdLength] = traceIdLength
  out.slice(0x12, ids.bytes, ids.spanIdAt(0), spanIdLength)
  found[Found.spanId] = out.size - spanIdLength
  found[Found.spanIdLength] = spanIdLength
  out.text(0x1a, traceState.bytes, traceState.start, traceState.length)
  found[Found.traceState] = out.size - traceState.length
  found[Found.traceStateLength] = traceState.length
  if (parent === noParent || ids.isZeroSpan(parent)) return
  out.slice(0x22, ids.bytes, ids.spanIdAt(parent), spanIdLength)
  found[Found.parentSpanId] = out.size - spanIdLength
  found[Found.parentSpanIdLength] = spanIdLength
}

function writeTimes(out: SpanOutput, found: Uint32Array): void {
  const { start, end } = times
  out.fixed64(0x39, start.low, start.high)
  out.fixed64(0x41, end.low, end.high)
  found[Found.startLow] = start.low
  found[Found.startHigh] = start.high
  found[Found.endLow] = end.low
  found[Found.endHigh] = end.high
}

/**
 * Attributes for what OTLP has no field for, behind the tags, where encode-span.ts finds it again:
 * the other flags as an int, warnings as a list of strings. Gives whether there are any.
 */
function writeKeptElsewhere(out: SpanOutput, parts: SpanParts): boolean {
  const flags = (parts.flags & ~sampledFlag) >>> 0
  if (flags === 0 && parts.warnings.length === 0 && times.warnings.length === 0) return false
  const warnings = [...parts.warnings, ...times.warnings.map((text) => Buffer.from(text))]
  const writer = new WireWriter()
  if (flags !== 0) {
    writer.message(9, () => {
      writer.string(1, TagName.flags)
      writer.message(2, () => writer.int64Always(3, BigInt(flags)))
    })
  }
  if (warnings.length > 0) {
    writer.message(9, () => {
      writer.string(1, TagName.warnings)
      writer.message(2, () => writer.message(5, () => writeTexts(writer, warnings)))
    })
  }
  out.raw(writer.finish())
  return true
}

/** Values of a list; they may be no UTF-8. */
function writeTexts(writer: WireWriter, texts: readonly Uint8Array[]): void {
  for (const text of texts) writer.message(1, () => writer.bytesAlways(1, text))
}

/** 2 message, 3 code */
function writeStatus(out: SpanOutput, special: SpecialTags, found: Uint32Array): void {
  if (!special.hasStatus) return
  const { statusCode, statusMessage: message } = special
  const textLength = message.length === 0 ? 0 : fieldLength(message.length)
  out.head(0x7a, textLength + (statusCode === 0 ? 0 : 2))
  out.text(0x12, message.bytes, message.start, message.length)
  writeNumber(out, 0x18, statusCode)
  found[Found.statusCode] = statusCode
}

/** A number below 128; nothing when it is 0. */
function writeNumber(out: SpanOutput, tag: number, value: number): void {
  if (value !== 0) out.head(tag, value)
}

function hasUnknown(parts: SpanParts): boolean {
  const { unknown, tags, fields, logs, references } = parts
  if (unknown !== undefined || tags.hasUnknown || fields.hasUnknown) return true
  return logs.hasUnknown || references.hasUnknown
}

function isNegative(): boolean {
  const { start, end } = times
  return end.high < start.high || (end.high === start.high && end.low < start.low)
}

/** One span after the other. */
const times = new SpanTimes()
/** Field 16, four bytes. */
const sampledFlags = Uint8Array.of(0x85, 0x01, sampledFlag, 0, 0, 0)
