import { varintLength, WireWriter } from '../../bridge/wire/writer.ts'
import type { EncodedSpan, SpanIds } from './span-slots.ts'
import { attributeSlots, SpanSlot, slotStride } from './span-slots.ts'
import type { WorldAttribute, WorldEvent, WorldProcess, WorldSpan } from './world.ts'

/** Spans of one process, encoded. */
export interface EncodedGroup {
  readonly process: WorldProcess
  readonly spans: readonly EncodedSpan[]
}

/** How a message is built: its bytes, and where the body of each span begins, in order. */
export interface EncodedMessage {
  readonly bytes: Uint8Array
  readonly bodies: readonly number[]
}

/** A Span message with its fields in the order of their numbers, as the SDKs write it. */
export function encodeOtlpSpan(span: WorldSpan, ids: SpanIds): EncodedSpan {
  const writer = new WireWriter(1024)
  const slots = new Uint32Array(slotStride)
  const last = (slot: number, length: number): void => {
    slots[slot] = writer.sizeBytes - length
  }
  writer.bytesAlways(1, ids.traceId)
  last(SpanSlot.traceId, 16)
  writer.bytesAlways(2, ids.spanId)
  last(SpanSlot.spanId, 8)
  if (ids.parentSpanId !== undefined) {
    writer.bytesAlways(4, ids.parentSpanId)
    last(SpanSlot.parentSpanId, 8)
  }
  writer.string(5, span.operation)
  writer.uint32(6, span.kind)
  writer.fixed64Always(7, 1n)
  last(SpanSlot.start, 8)
  writer.fixed64Always(8, 1n)
  last(SpanSlot.end, 8)
  for (const attribute of span.attributes) {
    writer.message(9, (nested) => encodeAttribute(nested, attribute))
    const patched = attributeSlots[attribute.key]
    if (patched === undefined || attribute.kind !== 'string') continue
    last(patched.slot, attribute.value.length - patched.skip)
  }
  if (span.event !== undefined) {
    const event = encodeEvent(span.event)
    writer.bytesAlways(11, event)
    last(SpanSlot.event, event.length - 1)
  }
  if (span.hasError) writer.message(15, encodeErrorStatus)
  writer.fixed32(16, 0x101)
  return { body: writer.finish(), slots }
}

function encodeErrorStatus(writer: WireWriter): void {
  writer.string(2, 'upstream failed')
  writer.uint32(3, 2)
}

/** The time comes first: its tag takes one byte. */
function encodeEvent(event: WorldEvent): Uint8Array {
  const writer = new WireWriter(128)
  writer.fixed64Always(1, 1n)
  writer.string(2, event.name)
  for (const attribute of event.attributes) {
    writer.message(3, (nested) => encodeAttribute(nested, attribute))
  }
  return writer.finish()
}

function encodeAttribute(writer: WireWriter, attribute: WorldAttribute): void {
  writer.stringAlways(1, attribute.key)
  writer.message(2, (value) => {
    if (attribute.kind === 'string') value.stringAlways(1, attribute.value)
    else if (attribute.kind === 'bool') value.boolAlways(2, attribute.value)
    else if (attribute.kind === 'int') value.int64Always(3, BigInt(attribute.value))
    else value.doubleAlways(4, attribute.value)
  })
}

/** An ExportTraceServiceRequest with a ResourceSpans for each group. */
export function encodeOtlpMessage(groups: readonly EncodedGroup[]): EncodedMessage {
  const bodies: number[] = []
  const writer = new WireWriter(1 << 16)
  for (const group of groups) {
    const resource = new WireWriter(512)
    for (const attribute of group.process.attributes) {
      resource.message(1, (nested) => encodeAttribute(nested, attribute))
    }
    const scopeSpans = new WireWriter(1 << 16)
    scopeSpans.message(1, (scope) => {
      scope.string(1, 'io.opentelemetry.http')
      scope.string(2, '2.15.0')
    })
    const starts: number[] = []
    for (const { body } of group.spans) {
      scopeSpans.bytesAlways(2, body)
      starts.push(scopeSpans.sizeBytes - body.length)
    }
    const head = new WireWriter(512)
    head.bytesAlways(1, resource.finish())
    const inner = head.sizeBytes + 1 + varintLength(scopeSpans.sizeBytes)
    head.bytesAlways(2, scopeSpans.finish())
    const before = writer.sizeBytes + 1 + varintLength(head.sizeBytes)
    for (const start of starts) bodies.push(before + inner + start)
    writer.bytesAlways(1, head.finish())
  }
  return { bytes: writer.finish(), bodies }
}
