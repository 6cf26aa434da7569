import { WireWriter } from '../../bridge/wire/writer.ts'
import type { EncodedGroup, EncodedMessage } from './otlp-encoding.ts'
import type { EncodedSpan, SpanIds } from './span-slots.ts'
import { attributeSlots, SpanSlot, slotStride } from './span-slots.ts'
import type { WorldAttribute, WorldEvent, WorldSpan } from './world.ts'

const kindTexts = ['', 'internal', 'server', 'client', 'producer', 'consumer']

/** Seconds and nanoseconds as varints of five bytes each, so that any time fits in place. */
const emptyTimestamp = Buffer.from('088080808000108080808000', 'hex')

/** A jaeger.api_v2.Span as the SDKs of Jaeger wrote it. */
export function encodeJaegerSpan(span: WorldSpan, ids: SpanIds): EncodedSpan {
  const writer = new WireWriter(1024)
  const slots = new Uint32Array(slotStride)
  const last = (slot: number, length: number): void => {
    slots[slot] = writer.sizeBytes - length
  }
  writer.bytesAlways(1, ids.traceId)
  last(SpanSlot.traceId, 16)
  writer.bytesAlways(2, ids.spanId)
  last(SpanSlot.spanId, 8)
  writer.string(3, span.operation)
  const { parentSpanId, traceId } = ids
  if (parentSpanId !== undefined) {
    writer.message(4, (reference) => {
      reference.bytesAlways(1, traceId)
      reference.bytesAlways(2, parentSpanId)
    })
    last(SpanSlot.parentTraceId, 26)
    last(SpanSlot.parentSpanId, 8)
  }
  writer.uint32(5, 1)
  writer.bytesAlways(6, emptyTimestamp)
  last(SpanSlot.start, emptyTimestamp.length)
  writer.message(7, (duration) => {
    duration.uint32(1, Math.floor(span.durationNano / 1e9))
    duration.uint32(2, span.durationNano % 1e9)
  })
  for (const attribute of span.attributes) {
    writer.message(8, (tag) => encodeTag(tag, attribute))
    const patched = attributeSlots[attribute.key]
    if (patched === undefined || attribute.kind !== 'string') continue
    last(patched.slot, attribute.value.length - patched.skip)
  }
  const kind = kindTexts[span.kind] ?? ''
  writer.message(8, (tag) => encodeTag(tag, { key: 'span.kind', kind: 'string', value: kind }))
  if (span.hasError) {
    writer.message(8, (tag) => encodeTag(tag, { key: 'error', kind: 'bool', value: true }))
  }
  if (span.event !== undefined) {
    const log = encodeLog(span.event)
    writer.bytesAlways(9, log)
    last(SpanSlot.event, log.length - 2)
  }
  return { body: writer.finish(), slots }
}

/** The time comes first: its tag and length take two bytes. */
function encodeLog(event: WorldEvent): Uint8Array {
  const writer = new WireWriter(128)
  writer.bytesAlways(1, emptyTimestamp)
  writer.message(2, (field) =>
    encodeTag(field, { key: 'event', kind: 'string', value: event.name }),
  )
  for (const attribute of event.attributes) {
    writer.message(2, (field) => encodeTag(field, attribute))
  }
  return writer.finish()
}

/** The type is 0 for strings, and then left out. */
function encodeTag(writer: WireWriter, attribute: WorldAttribute): void {
  writer.stringAlways(1, attribute.key)
  if (attribute.kind === 'string') {
    writer.stringAlways(3, attribute.value)
  } else if (attribute.kind === 'bool') {
    writer.uint32(2, 1)
    writer.boolAlways(4, attribute.value)
  } else if (attribute.kind === 'int') {
    writer.uint32(2, 2)
    writer.int64Always(5, BigInt(attribute.value))
  } else {
    writer.uint32(2, 3)
    writer.doubleAlways(6, attribute.value)
  }
}

/** A PostSpansRequest; it has room for the first group only. */
export function encodeJaegerMessage(groups: readonly EncodedGroup[]): EncodedMessage {
  const [group] = groups
  if (group === undefined || groups.length > 1) {
    throw new Error(`Cannot encode PostSpansRequest: ${groups.length} processes, must be 1`)
  }
  const starts: number[] = []
  const batch = new WireWriter(1 << 16)
  for (const { body } of group.spans) {
    batch.bytesAlways(1, body)
    starts.push(batch.sizeBytes - body.length)
  }
  batch.message(2, (process) => {
    for (const attribute of group.process.attributes) {
      if (attribute.key === 'service.name' && attribute.kind === 'string') {
        process.stringAlways(1, attribute.value)
      } else {
        process.message(2, (tag) => encodeTag(tag, attribute))
      }
    }
  })
  const writer = new WireWriter(batch.sizeBytes + 8)
  writer.bytesAlways(1, batch.finish())
  const before = writer.sizeBytes - batch.sizeBytes
  return { bytes: writer.finish(), bodies: starts.map((start) => before + start) }
}
