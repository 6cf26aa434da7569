import { expectWireType, WireType } from '../wire/reader.ts'
import type { UnknownFields } from '../wire/unknown-fields.ts'
import type { DecodeContext } from './decode-context.ts'
import { countItem, enter, keepUnknown, refuse } from './decode-context.ts'
import { Level, unknownToOtlp } from './exchange-unknown.ts'
import { readLog } from './read-log.ts'
import { readReference } from './read-reference.ts'
import { readTag } from './read-tag.ts'
import type { Slice, SpanParts } from './span-parts.ts'

/**
 * jaeger.api_v2.Span -> its parts; reads from the reader's position to its end.
 *
 *    1 trace_id        bytes      8 or 16
 *    2 span_id         bytes      8
 *    3 operation_name  string     name
 *    4 references      SpanRef[]  parent and links, see write-references.ts
 *    5 flags           uint32     bit 0 as it is; the others as attribute `@jaeger@flags`
 *    6 start_time      Timestamp  absent is 1970
 *    7 duration        Duration   end - start; a negative one is repaired like any span's
 *    8 tags            KeyValue[] attributes, but for those of special-tags.ts
 *    9 logs            Log[]      events
 *   10 process         Process    resource, instead of the batch's
 *   11 process_id      string     lost: it names an entry of a Trace, which no request has
 *   12 warnings        string[]   attribute `@jaeger@warnings`
 *
 * A value that a later one of its field replaces is lost. Throws `Refusal` or `WireError` for this span alone.
 *
 * Source: jaeger-idl, api_v2/model.proto, message Span.
 */
export function readSpan(context: DecodeContext, parts: SpanParts): void {
  const { reader } = context
  const { bytes } = reader
  let unknown: UnknownFields | undefined
  parts.clear()
  parts.ids.add()
  context.items = 0
  while (reader.position < reader.end) {
    const start = reader.position
    let tag = bytes[start] as number
    // Fields 1 to 15 in one byte: nearly all of them.
    if (tag < 0x80 && tag > 7) reader.position = start + 1
    else tag = reader.tag()
    if (tag >>> 3 === 8) readTag(context, tag, parts.tags)
    else if (tag >>> 3 > Level.span.jaeger) unknown = keepUnknown(unknown, reader, tag, start)
    else readField(context, tag, parts)
  }
  parts.unknown = unknownToOtlp(unknown?.bytes(), Level.span)
  setIds(parts, bytes)
}

/** Reads one known field other than a tag. */
function readField(context: DecodeContext, tag: number, parts: SpanParts): void {
  const { reader } = context
  const field = tag >>> 3
  expectWireType(tag, field === 5 ? WireType.varint : WireType.bytes, reader)
  switch (field) {
    case 1:
      readSlice(context, parts.traceId)
      break
    case 2:
      readSlice(context, parts.spanId)
      break
    case 3:
      readSlice(context, parts.name)
      break
    case 4:
      readReference(context, tag, parts)
      break
    case 5:
      if (parts.flags !== 0) context.lostFields += 1
      parts.flags = reader.uint32()
      break
    case 6:
    case 7: {
      const outer = enter(reader, tag)
      const time = field === 6 ? parts.start : parts.duration
      if (!time.isZero) context.lostFields += 1
      time.read(reader)
      reader.end = outer
      break
    }
    case 9:
      readLog(context, tag, parts)
      break
    case 10:
      // Several are one message; only of one that says so little can there be many.
      if (parts.process.length > 0) countItem(context)
      parts.process.push(reader.slice())
      break
    case 11:
      unused.length = 0
      readSlice(context, unused)
      if (unused.length > 0) context.lostFields += 1
      break
    default:
      countItem(context)
      parts.warnings.push(reader.slice())
  }
}

/** Notes where the next field's value lies; the last one counts. */
function readSlice(context: DecodeContext, slice: Slice): void {
  const { reader } = context
  if (slice.length > 0) context.lostFields += 1
  slice.length = reader.length()
  slice.start = reader.position
  reader.position += slice.length
}

const unused: Slice = { start: 0, length: 0 }

function setIds(parts: SpanParts, bytes: Uint8Array): void {
  const { ids } = parts
  const { traceId, spanId } = parts
  if (traceId.length !== 0 && !ids.setTraceId(0, bytes, traceId.start, traceId.length)) {
    refuse('trace_id', `Cannot decode span: trace id has ${traceId.length} bytes, must be 8 or 16`)
  }
  if (ids.isZeroTrace(0)) {
    refuse('trace_id', 'Cannot decode span: trace id is all zero')
  }
  if (spanId.length !== 0 && !ids.setSpanId(0, bytes, spanId.start, spanId.length)) {
    refuse('span_id', `Cannot decode span: span id has ${spanId.length} bytes, must be 8`)
  }
  if (ids.isZeroSpan(0)) refuse('span_id', 'Cannot decode span: span id is all zero')
}
