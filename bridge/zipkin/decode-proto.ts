import type { Decoded, DecodeOptions } from '../model/decoded.ts'
import { isZeroAt, spanIdLength, traceIdLength } from '../model/identifier.ts'
import { SpanKind } from '../model/span.ts'
import { expectWireType, WireReader, WireType } from '../wire/reader.ts'
import { WireError } from '../wire/wire-error.ts'
import { BadSpan, refuse } from './bad-span.ts'
import { ipv4Text, ipv6Text } from './ip-bytes.ts'
import { SpanList } from './span-list.ts'
import type { EndpointParts, SpanParts, TextSlice } from './span-parts.ts'
import { microsMax, parentIdAt, spanIdAt } from './span-parts.ts'
import { TagName } from './tag-names.ts'

/**
 * zipkin.proto3.ListOfSpans -> the model; README.md has the table.
 *
 *   ListOfSpans  1 spans  repeated Span
 *
 * One pass over the bytes writes each span as OTLP, without an object for it. A bad span is in
 * `rejected` and the others are kept. Unknown fields are checked, dropped and counted, and so are scalars
 * that later ones replace.
 *
 * Source: zipkin-api, zipkin.proto.
 *
 * @throws WireError for bytes that are broken outside of single spans
 */
export function decodeZipkinProto(bytes: Uint8Array, options: DecodeOptions): Decoded {
  const reader = new WireReader(bytes)
  const list = new SpanList(options, bytes.length, tagBytesMin)
  const { end } = reader
  while (reader.more()) {
    const tag = reader.tag()
    if (tag >>> 3 !== 1) {
      skip(reader, list.parts, tag)
      continue
    }
    expectWireType(tag, WireType.bytes, reader)
    const length = reader.length()
    const next = reader.position + length
    reader.end = next
    list.density.countSpans(1, reader.position)
    readOne(reader, list)
    reader.position = next
    reader.end = end
  }
  return list.finish(options.arrivalUnixMs)
}

function readOne(reader: WireReader, list: SpanList): void {
  try {
    readSpan(reader, list.parts)
    list.density.countItems(list.parts.itemCount, reader.position)
    list.add(reader.bytes)
  } catch (error) {
    if (error instanceof BadSpan) list.reject(error)
    // Of the whole request.
    else if (error instanceof WireError && error.code === 'too_many') throw error
    // This span's bytes are bad; where it ends is known, so the next one can be read.
    else if (error instanceof WireError) list.reject({ reason: 'malformed', state: error.message })
    else throw error
  }
}

/**
 *   1 trace_id   bytes     5 name       string    9 remote_endpoint  Endpoint
 *   2 parent_id  bytes     6 timestamp  fixed64  10 annotations      repeated Annotation
 *   3 id         bytes     7 duration   uint64   11 tags             map<string, string>
 *   4 kind       enum      8 local_endpoint      12 debug, 13 shared bool
 */
function readSpan(reader: WireReader, parts: SpanParts): void {
  let seen = 0
  parts.clear()
  while (reader.more()) {
    const tag = reader.tag()
    const field = tag >>> 3
    if (field > types.length - 1) {
      skip(reader, parts, tag)
      continue
    }
    expectWireType(tag, types[field] as number, reader)
    // The first one of a scalar that is there twice is lost.
    if ((seen & scalars & (1 << field)) !== 0) parts.skippedFields += 1
    seen |= 1 << field
    readField(reader, parts, field)
  }
}

function readField(reader: WireReader, parts: SpanParts, field: number): void {
  switch (field) {
    case 1:
      parts.traceIdLength = readTraceId(reader, parts)
      break
    case 2:
      parts.hasParent = readSpanId(reader, parts, parentIdAt, 'parent_id')
      break
    case 3:
      readSpanId(reader, parts, spanIdAt, 'id')
      parts.spanIdLength = spanIdLength
      break
    case 4:
      readKind(reader, parts)
      break
    case 5:
      readText(reader, parts.name)
      break
    case 6:
      parts.timestamp = readMicros(reader, 'timestamp')
      break
    case 7:
      parts.duration = checkedMicros(Number(reader.uint64()), 'duration')
      break
    case 8:
      readEndpoint(reader, parts, parts.local)
      break
    case 9:
      readEndpoint(reader, parts, parts.remote)
      break
    case 10:
      readAnnotation(reader, parts)
      break
    case 11:
      readTag(reader, parts)
      break
    case 12:
      parts.debug = reader.bool()
      break
    default:
      parts.shared = reader.bool()
  }
}

/** 16 bytes, or 8 of a trace whose upper half is zero. */
function readTraceId(reader: WireReader, { ids }: SpanParts): number {
  const length = reader.length()
  const start = reader.position
  reader.position = start + length
  if (length !== traceIdLength && length !== spanIdLength) {
    refuse('trace_id', `trace_id has ${length} bytes, must be 8 or ${traceIdLength}`)
  }
  ids.fill(0, 0, traceIdLength)
  ids.set(reader.bytes.subarray(start, reader.position), traceIdLength - length)
  return traceIdLength
}

/** None is the same as one of zeros. @returns whether it names a span */
function readSpanId(
  reader: WireReader,
  { ids }: SpanParts,
  at: number,
  field: 'id' | 'parent_id',
): boolean {
  const length = reader.length()
  const start = reader.position
  reader.position = start + length
  if (length !== spanIdLength && length !== 0) {
    const reason = field === 'id' ? 'span_id' : 'parent_span_id'
    refuse(reason, `${field} has ${length} bytes, must be ${spanIdLength}`)
  }
  ids.fill(0, at, at + spanIdLength)
  ids.set(reader.bytes.subarray(start, reader.position), at)
  return !isZeroAt(ids, at, spanIdLength)
}

/** A kind that Zipkin does not have is kept as the tag `span.kind`, its number as text. */
function readKind(reader: WireReader, parts: SpanParts): void {
  const number = reader.int32()
  const kind = kinds[number]
  parts.kind = kind ?? SpanKind.unspecified
  if (kind !== undefined) return
  const text = Buffer.from(String(number))
  parts.addTag(parts.keep(spanKindKey), spanKindKey.length, parts.keep(text), text.length)
}

/** 1 service_name string, 2 ipv4 bytes, 3 ipv6 bytes, 4 port int32 */
function readEndpoint(reader: WireReader, parts: SpanParts, endpoint: EndpointParts): void {
  const outer = enter(reader)
  while (reader.more()) {
    const tag = reader.tag()
    if (tag === 0x0a) readText(reader, endpoint.serviceName)
    else if (tag === 0x12) readAddress(reader, parts, endpoint.ipv4, 4)
    else if (tag === 0x1a) readAddress(reader, parts, endpoint.ipv6, 16)
    else if (tag === 0x20) endpoint.port = readPort(reader)
    else skipUnknown(reader, parts, tag, 4)
  }
  reader.end = outer
}

function readAddress(
  reader: WireReader,
  parts: SpanParts,
  into: TextSlice,
  expected: 4 | 16,
): void {
  const length = reader.length()
  const start = reader.position
  reader.position = start + length
  into.length = 0
  if (length === 0) return
  if (length !== expected) {
    refuse('malformed', `ipv${expected === 4 ? 4 : 6} has ${length} bytes, must be ${expected}`)
  }
  const text = expected === 4 ? ipv4Text(reader.bytes, start) : ipv6Text(reader.bytes, start)
  into.at = parts.keep(Buffer.from(text))
  into.length = text.length
}

function readPort(reader: WireReader): number {
  const port = reader.int32()
  if (port < 0 || port > 65_535) refuse('malformed', `port must be 0 to 65535, is ${port}`)
  return port
}

/** 1 timestamp fixed64, 2 value string */
function readAnnotation(reader: WireReader, parts: SpanParts): void {
  const outer = enter(reader)
  let timestamp = 0
  value.length = 0
  while (reader.more()) {
    const tag = reader.tag()
    if (tag === 0x09) timestamp = readMicros(reader, 'annotations.timestamp')
    else if (tag === 0x12) readText(reader, value)
    else skipUnknown(reader, parts, tag, 2)
  }
  parts.addAnnotation(timestamp, value.at, value.length)
  reader.end = outer
}

/** 1 key string, 2 value string */
function readTag(reader: WireReader, parts: SpanParts): void {
  const outer = enter(reader)
  key.length = 0
  value.length = 0
  while (reader.more()) {
    const tag = reader.tag()
    if (tag === 0x0a) readText(reader, key)
    else if (tag === 0x12) readText(reader, value)
    else skipUnknown(reader, parts, tag, 2)
  }
  parts.addTag(key.at, key.length, value.at, value.length)
  reader.end = outer
}

/** Notes where a text lies; that it is UTF-8 is looked at when the span is taken. */
function readText(reader: WireReader, into: TextSlice): void {
  into.length = reader.length()
  into.at = reader.position
  reader.position += into.length
}

function readMicros(reader: WireReader, field: string): number {
  const low = reader.fixed32()
  return checkedMicros(reader.fixed32() * 2 ** 32 + low, field)
}

function checkedMicros(micros: number, field: string): number {
  if (micros > microsMax) refuse('malformed', `${field} must be at most ${microsMax}`)
  return micros
}

/** Goes into a nested message. @returns the end to put back */
function enter(reader: WireReader): number {
  const length = reader.length()
  const outer = reader.end
  reader.end = reader.position + length
  return outer
}

/** A known field with another wire type is an error. */
function skipUnknown(reader: WireReader, parts: SpanParts, tag: number, knownMax: number): void {
  if (tag >>> 3 <= knownMax) {
    throw new WireError('bad_wire_type', `Cannot read field ${tag >>> 3}`, reader.position)
  }
  skip(reader, parts, tag)
}

function skip(reader: WireReader, parts: SpanParts, tag: number): void {
  parts.skippedFields += 1
  reader.skip(tag)
}

/** A key of one byte and an empty text, with a tag and a length before each of them and the whole. */
const tagBytesMin = 7

/** Wire type of each field of a Span. */
const types: readonly number[] = [
  0,
  WireType.bytes,
  WireType.bytes,
  WireType.bytes,
  WireType.varint,
  WireType.bytes,
  WireType.fixed64,
  WireType.varint,
  WireType.bytes,
  WireType.bytes,
  WireType.bytes,
  WireType.bytes,
  WireType.varint,
  WireType.varint,
]

/** A bit for each field of a Span of which the last one counts: all but endpoints, annotations and tags. */
const scalars = ~((1 << 8) | (1 << 9) | (1 << 10) | (1 << 11))

/** By the number of zipkin.proto3.Span.Kind. */
const kinds: readonly (number | undefined)[] = [
  SpanKind.unspecified,
  SpanKind.client,
  SpanKind.server,
  SpanKind.producer,
  SpanKind.consumer,
]
const spanKindKey = Buffer.from(TagName.spanKind)

// One value after the other.
const key: TextSlice = { at: 0, length: 0 }
const value: TextSlice = { at: 0, length: 0 }
