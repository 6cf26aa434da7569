import type { Resource, Scope, Span, SpanEvent, SpanLink, Status } from '../model/span.ts'
import { WireWriter } from '../wire/writer.ts'
import { writeKeyValues } from './encode-value.ts'

/** The body of a Span message; fields as in decode-span.ts, unknown ones behind the others. */
export function encodeSpan(span: Span): Uint8Array {
  const writer = new WireWriter()
  writeSpan(writer, span)
  return writer.finish()
}

/** The body of a Resource message. */
export function encodeResource(resource: Resource): Uint8Array {
  const writer = new WireWriter()
  writeResource(writer, resource)
  return writer.finish()
}

/** The body of an InstrumentationScope message. */
export function encodeScope(scope: Scope): Uint8Array {
  const writer = new WireWriter()
  writeScope(writer, scope)
  return writer.finish()
}

/** Writes the body of a Span message. */
export function writeSpan(writer: WireWriter, span: Span): void {
  writer.bytes(1, span.traceId)
  writer.bytes(2, span.spanId)
  writer.string(3, span.traceState)
  writer.bytes(4, span.parentSpanId)
  writer.string(5, span.name)
  writer.int32(6, span.kind)
  writer.fixed64(7, span.startUnixNano)
  writer.fixed64(8, span.endUnixNano)
  writeKeyValues(writer, 9, span.attributes)
  writer.uint32(10, span.droppedAttributesCount)
  for (const event of span.events) writer.message(11, () => writeEvent(writer, event))
  writer.uint32(12, span.droppedEventsCount)
  for (const link of span.links) writer.message(13, () => writeLink(writer, link))
  writer.uint32(14, span.droppedLinksCount)
  const { status } = span
  if (status !== undefined) writer.message(15, () => writeStatus(writer, status))
  writer.fixed32(16, span.flags)
  writer.raw(span.unknown)
}

/** Writes the body of a Resource message. */
export function writeResource(writer: WireWriter, resource: Resource): void {
  writeKeyValues(writer, 1, resource.attributes)
  writer.uint32(2, resource.droppedAttributesCount)
  writer.raw(resource.unknown)
}

/** Writes the body of an InstrumentationScope message. */
export function writeScope(writer: WireWriter, scope: Scope): void {
  writer.string(1, scope.name)
  writer.string(2, scope.version)
  writeKeyValues(writer, 3, scope.attributes)
  writer.uint32(4, scope.droppedAttributesCount)
  writer.raw(scope.unknown)
}

function writeEvent(writer: WireWriter, event: SpanEvent): void {
  writer.fixed64(1, event.timeUnixNano)
  writer.string(2, event.name)
  writeKeyValues(writer, 3, event.attributes)
  writer.uint32(4, event.droppedAttributesCount)
  writer.raw(event.unknown)
}

function writeLink(writer: WireWriter, link: SpanLink): void {
  writer.bytes(1, link.traceId)
  writer.bytes(2, link.spanId)
  writer.string(3, link.traceState)
  writeKeyValues(writer, 4, link.attributes)
  writer.uint32(5, link.droppedAttributesCount)
  writer.fixed32(6, link.flags)
  writer.raw(link.unknown)
}

function writeStatus(writer: WireWriter, status: Status): void {
  writer.string(2, status.message)
  writer.int32(3, status.code)
  writer.raw(status.unknown)
}
