import { isZeroId, spanIdLength, traceIdLength } from '../model/identifier.ts'
import type { KeyValue, Resource, Scope, Span, SpanEvent, SpanLink, Status } from '../model/span.ts'
import { WireReader } from '../wire/reader.ts'
import { UnknownFields } from '../wire/unknown-fields.ts'
import { WireError } from '../wire/wire-error.ts'
import { decodeKeyValue, readMessage } from './decode-value.ts'
import { resourceDepth, scopeDepth } from './scan-resource.ts'
import { spanDepth } from './scan-span.ts'

/**
 * Decodes the body of a Span. The result shares nothing with `bytes`.
 *
 *    1 trace_id        bytes     9 attributes                repeated KeyValue
 *    2 span_id         bytes    10 dropped_attributes_count  uint32
 *    3 trace_state     string   11 events                    repeated Event
 *    4 parent_span_id  bytes    12 dropped_events_count      uint32
 *    5 name            string   13 links                     repeated Link
 *    6 kind            enum     14 dropped_links_count       uint32
 *    7 start_time_unix_nano     15 status                    Status
 *                      fixed64  16 flags                     fixed32
 *    8 end_time_unix_nano
 *                      fixed64
 *
 * Source: opentelemetry-proto trace/v1/trace.proto, Span.
 *
 * @throws WireError also for ids of a wrong length and, from a plain reader, text that is not UTF-8
 */
export function decodeSpan(bytes: Uint8Array): Span {
  return readSpan(new WireReader(bytes))
}

/** Decodes the body of a Resource: see scan-resource.ts for its fields. */
export function decodeResource(bytes: Uint8Array): Resource {
  return readResource(new WireReader(bytes))
}

/** Decodes the body of an InstrumentationScope: see scan-resource.ts for its fields. */
export function decodeScope(bytes: Uint8Array): Scope {
  return readScope(new WireReader(bytes))
}

/** `decodeSpan` from a reader, which decides what becomes of text that is not UTF-8. */
export function readSpan(reader: WireReader): Span {
  const attributes: KeyValue[] = []
  const events: SpanEvent[] = []
  const links: SpanLink[] = []
  const unknown = new UnknownFields()
  const span: Draft<Span> = emptySpan(attributes, events, links)
  while (reader.more()) {
    const start = reader.position
    const tag = reader.tag()
    switch (tag) {
      case 0x4a:
        attributes.push(decodeKeyValue(reader, spanDepth + 1))
        break
      case 0x5a:
        events.push(readEvent(reader))
        break
      case 0x6a:
        links.push(readLink(reader))
        break
      default:
        if (readSpanScalar(reader, tag, span)) break
        refuseKnown(reader, tag, 16)
        unknown.keep(reader, tag, start, spanDepth)
    }
  }
  checkId('trace id', span.traceId, traceIdLength, reader)
  checkId('span id', span.spanId, spanIdLength, reader)
  // Only now: an id that a later one replaces may have any length.
  span.parentSpanId = parentOf(span.parentSpanId, reader)
  return { ...span, ...unknown.property() }
}

/** `decodeResource` from a reader. */
export function readResource(reader: WireReader): Resource {
  const attributes: KeyValue[] = []
  const unknown = new UnknownFields()
  let droppedAttributesCount = 0
  while (reader.more()) {
    const start = reader.position
    const tag = reader.tag()
    if (tag === 0x0a) attributes.push(decodeKeyValue(reader, resourceDepth + 1))
    else if (tag === 0x10) droppedAttributesCount = reader.uint32()
    else {
      refuseKnown(reader, tag, 2)
      unknown.keep(reader, tag, start, resourceDepth)
    }
  }
  return { attributes, droppedAttributesCount, ...unknown.property() }
}

/** `decodeScope` from a reader. */
export function readScope(reader: WireReader): Scope {
  const attributes: KeyValue[] = []
  const unknown = new UnknownFields()
  let name = ''
  let version = ''
  let droppedAttributesCount = 0
  while (reader.more()) {
    const start = reader.position
    const tag = reader.tag()
    if (tag === 0x0a) name = reader.string()
    else if (tag === 0x12) version = reader.string()
    else if (tag === 0x1a) attributes.push(decodeKeyValue(reader, scopeDepth + 1))
    else if (tag === 0x20) droppedAttributesCount = reader.uint32()
    else {
      refuseKnown(reader, tag, 4)
      unknown.keep(reader, tag, start, scopeDepth)
    }
  }
  return { name, version, attributes, droppedAttributesCount, ...unknown.property() }
}

type Draft<Value> = { -readonly [Key in keyof Value]: Value[Key] }

const noBytes = new Uint8Array(0)

function emptySpan(
  attributes: readonly KeyValue[],
  events: readonly SpanEvent[],
  links: readonly SpanLink[],
): Span {
  return {
    traceId: noBytes,
    spanId: noBytes,
    parentSpanId: undefined,
    traceState: '',
    flags: 0,
    name: '',
    kind: 0,
    startUnixNano: 0n,
    endUnixNano: 0n,
    attributes,
    droppedAttributesCount: 0,
    events,
    droppedEventsCount: 0,
    links,
    droppedLinksCount: 0,
    status: undefined,
  }
}

/** Reads a field that comes once; false when the tag is none of them. */
function readSpanScalar(reader: WireReader, tag: number, span: Draft<Span>): boolean {
  switch (tag) {
    case 0x0a:
      span.traceId = new Uint8Array(reader.slice())
      return true
    case 0x12:
      span.spanId = new Uint8Array(reader.slice())
      return true
    case 0x1a:
      span.traceState = reader.string()
      return true
    case 0x22:
      span.parentSpanId = new Uint8Array(reader.slice())
      return true
    case 0x2a:
      span.name = reader.string()
      return true
    case 0x30:
      span.kind = reader.int32()
      return true
    case 0x39:
      span.startUnixNano = reader.fixed64()
      return true
    case 0x41:
      span.endUnixNano = reader.fixed64()
      return true
    case 0x50:
      span.droppedAttributesCount = reader.uint32()
      return true
    case 0x60:
      span.droppedEventsCount = reader.uint32()
      return true
    case 0x70:
      span.droppedLinksCount = reader.uint32()
      return true
    case 0x7a:
      span.status = readStatus(reader, span.status)
      return true
    case 0x85:
      span.flags = reader.fixed32()
      return true
    default:
      return false
  }
}

/** 1 time_unix_nano fixed64, 2 name string, 3 attributes, 4 dropped_attributes_count uint32 */
function readEvent(reader: WireReader): SpanEvent {
  return readMessage(reader, () => {
    const attributes: KeyValue[] = []
    const unknown = new UnknownFields()
    let timeUnixNano = 0n
    let name = ''
    let droppedAttributesCount = 0
    while (reader.more()) {
      const start = reader.position
      const tag = reader.tag()
      if (tag === 0x09) timeUnixNano = reader.fixed64()
      else if (tag === 0x12) name = reader.string()
      else if (tag === 0x1a) attributes.push(decodeKeyValue(reader, spanDepth + 2))
      else if (tag === 0x20) droppedAttributesCount = reader.uint32()
      else {
        refuseKnown(reader, tag, 4)
        unknown.keep(reader, tag, start, spanDepth + 1)
      }
    }
    return { timeUnixNano, name, attributes, droppedAttributesCount, ...unknown.property() }
  })
}

/**
 * 1 trace_id bytes, 2 span_id bytes, 3 trace_state string, 4 attributes,
 * 5 dropped_attributes_count uint32, 6 flags fixed32
 */
function readLink(reader: WireReader): SpanLink {
  return readMessage(reader, () => {
    const attributes: KeyValue[] = []
    const unknown = new UnknownFields()
    const link: Draft<SpanLink> = {
      traceId: noBytes,
      spanId: noBytes,
      traceState: '',
      attributes,
      droppedAttributesCount: 0,
      flags: 0,
    }
    while (reader.more()) {
      const start = reader.position
      const tag = reader.tag()
      if (tag === 0x0a) link.traceId = new Uint8Array(reader.slice())
      else if (tag === 0x12) link.spanId = new Uint8Array(reader.slice())
      else if (tag === 0x1a) link.traceState = reader.string()
      else if (tag === 0x22) attributes.push(decodeKeyValue(reader, spanDepth + 2))
      else if (tag === 0x28) link.droppedAttributesCount = reader.uint32()
      else if (tag === 0x35) link.flags = reader.fixed32()
      else {
        refuseKnown(reader, tag, 6)
        unknown.keep(reader, tag, start, spanDepth + 1)
      }
    }
    return { ...link, ...unknown.property() }
  })
}

/** 2 message string, 3 code enum; 1 was used once and is unknown now. */
function readStatus(reader: WireReader, before: Status | undefined): Status {
  return readMessage(reader, () => {
    const unknown = new UnknownFields(before?.unknown)
    let code = before?.code ?? 0
    let message = before?.message ?? ''
    while (reader.more()) {
      const start = reader.position
      const tag = reader.tag()
      if (tag === 0x12) message = reader.string()
      else if (tag === 0x18) code = reader.int32()
      else {
        if (tag >>> 3 !== 1) refuseKnown(reader, tag, 3)
        unknown.keep(reader, tag, start, spanDepth + 1)
      }
    }
    return { code, message, ...unknown.property() }
  })
}

/** Eight zero bytes name no parent, like none at all. */
function parentOf(id: Uint8Array | undefined, reader: WireReader): Uint8Array | undefined {
  if (id === undefined || id.length === 0) return undefined
  checkId('parent span id', id, spanIdLength, reader)
  return isZeroId(id) ? undefined : id
}

function checkId(name: string, id: Uint8Array, length: number, reader: WireReader): void {
  if (id.length === length) return
  const message = `Cannot decode span: ${name} has ${id.length} bytes, must be ${length}`
  throw new WireError('bad_value', message, reader.position)
}

/** Fails for a field that is known and so came with a wrong wire type. */
function refuseKnown(reader: WireReader, tag: number, knownMax: number): void {
  if (tag >>> 3 > knownMax) return
  const message = `Cannot read field ${tag >>> 3}: wire type ${tag & 7} is not its own`
  throw new WireError('bad_wire_type', message, reader.position)
}
