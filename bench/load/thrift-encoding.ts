import { BinaryWriter } from '../../bridge/thrift/binary-writer.ts'
import { CompactWriter } from '../../bridge/thrift/compact-writer.ts'
import { ThriftType } from '../../bridge/thrift/thrift-type.ts'
import type { ThriftWriter } from '../../bridge/thrift/thrift-writer.ts'
import type { EncodedGroup, EncodedMessage } from './otlp-encoding.ts'
import type { EncodedSpan, SpanIds } from './span-slots.ts'
import { attributeSlots, SpanSlot, slotStride } from './span-slots.ts'
import type { WorldAttribute, WorldEvent, WorldSpan } from './world.ts'

const kindTexts = ['', 'internal', 'server', 'client', 'producer', 'consumer']

/** How templates write Thrift: bare batches for HTTP, calls of `emitBatch` for UDP. */
export interface ThriftEncoding {
  span(span: WorldSpan, ids: SpanIds): EncodedSpan
  message(groups: readonly EncodedGroup[]): EncodedMessage
}

/** A writer that tells where it is. */
interface SpanWriter extends ThriftWriter {
  readonly position: number
  raw(bytes: Uint8Array): void
  /** An id or a time whose bytes are changed later: always as many as the largest one takes. */
  slot(value: bigint): void
}

class BinarySpanWriter extends BinaryWriter implements SpanWriter {
  get position(): number {
    return this.size
  }

  raw(bytes: Uint8Array): void {
    this.putAll(bytes)
  }

  slot(value: bigint): void {
    this.i64(value)
  }
}

class CompactSpanWriter extends CompactWriter implements SpanWriter {
  get position(): number {
    return this.size
  }

  raw(bytes: Uint8Array): void {
    this.putAll(bytes)
  }

  /** The highest of 64 bits is set, so that it has ten bytes whatever the others are. */
  slot(value: bigint): void {
    for (let shift = 0n; shift < 63n; shift += 7n) this.put(Number((value >> shift) & 0x7fn) | 0x80)
    this.put(1)
  }
}

/** Bare batches by the binary protocol, as clients post them. */
export const binaryBatches: ThriftEncoding = encodingOf(() => new BinarySpanWriter(), {
  head: Buffer.alloc(0),
  tail: Buffer.alloc(0),
})

/** Datagrams by the compact protocol: one-way calls of `emitBatch` whose first argument is the batch. */
export const compactDatagrams: ThriftEncoding = encodingOf(() => new CompactSpanWriter(), {
  head: Buffer.from('\x82\x81\x00\x09emitBatch\x1c', 'latin1'),
  tail: Buffer.of(0),
})

function encodingOf(
  newWriter: () => SpanWriter,
  around: { readonly head: Uint8Array; readonly tail: Uint8Array },
): ThriftEncoding {
  return {
    span: (span, ids) => encodeSpan(newWriter(), span, ids),
    message: (groups) => encodeMessage(newWriter(), groups, around),
  }
}

/** A Span as the clients of Jaeger write it; `SpanSlot.traceId` is that of traceIdLow. */
function encodeSpan(writer: SpanWriter, span: WorldSpan, ids: SpanIds): EncodedSpan {
  const slots = new Uint32Array(slotStride)
  const i64 = (id: number, slot: number | undefined, value: bigint): void => {
    writer.field(id, ThriftType.i64)
    if (slot === undefined) writer.i64(value)
    else {
      slots[slot] = writer.position
      writer.slot(value)
    }
  }
  writer.struct(() => {
    i64(1, SpanSlot.traceId, halfOf(ids.traceId, 8))
    // No slot of its own: it is always as far behind the low half.
    writer.field(2, ThriftType.i64)
    writer.slot(halfOf(ids.traceId, 0))
    i64(3, SpanSlot.spanId, halfOf(ids.spanId, 0))
    const { parentSpanId } = ids
    if (parentSpanId === undefined) i64(4, undefined, 0n)
    else i64(4, SpanSlot.parentSpanId, halfOf(parentSpanId, 0))
    text(writer, 5, span.operation)
    writer.field(7, ThriftType.i32)
    writer.i32(1)
    writer.field(8, ThriftType.i64)
    slots[SpanSlot.start] = writer.position
    writer.i64(someMicros)
    i64(9, undefined, BigInt(Math.floor(span.durationNano / 1000)))
    encodeTags(writer, span, slots)
    if (span.event !== undefined) encodeLog(writer, span.event, slots)
  })
  return { body: writer.finish(), slots }
}

function encodeTags(writer: SpanWriter, span: WorldSpan, slots: Uint32Array): void {
  const kind = kindTexts[span.kind] ?? ''
  const tags: WorldAttribute[] = [
    ...span.attributes,
    { key: 'span.kind', kind: 'string', value: kind },
    ...(span.hasError ? [{ key: 'error', kind: 'bool', value: true } as const] : []),
  ]
  writer.field(10, ThriftType.list)
  writer.list(ThriftType.struct, tags.length)
  for (const tag of tags) {
    encodeTag(writer, tag)
    const patched = attributeSlots[tag.key]
    if (patched === undefined || tag.kind !== 'string') continue
    // Behind the text is the end of the struct.
    slots[patched.slot] = writer.position - 1 - (tag.value.length - patched.skip)
  }
}

function encodeLog(writer: SpanWriter, event: WorldEvent, slots: Uint32Array): void {
  writer.field(11, ThriftType.list)
  writer.list(ThriftType.struct, 1)
  writer.struct(() => {
    writer.field(1, ThriftType.i64)
    slots[SpanSlot.event] = writer.position
    writer.i64(someMicros)
    writer.field(2, ThriftType.list)
    writer.list(ThriftType.struct, event.attributes.length + 1)
    encodeTag(writer, { key: 'event', kind: 'string', value: event.name })
    for (const attribute of event.attributes) encodeTag(writer, attribute)
  })
}

function encodeTag(writer: SpanWriter, attribute: WorldAttribute): void {
  writer.struct(() => {
    text(writer, 1, attribute.key)
    writer.field(2, ThriftType.i32)
    writer.i32(tagTypes[attribute.kind])
    if (attribute.kind === 'string') text(writer, 3, attribute.value)
    else if (attribute.kind === 'bool') writer.boolField(5, attribute.value)
    else if (attribute.kind === 'int') {
      writer.field(6, ThriftType.i64)
      writer.i64(BigInt(attribute.value))
    } else {
      writer.field(4, ThriftType.double)
      const bytes = Buffer.alloc(8)
      bytes.writeDoubleLE(attribute.value)
      writer.double(bytes)
    }
  })
}

/** A Batch; it has room for the first group only. */
function encodeMessage(
  writer: SpanWriter,
  groups: readonly EncodedGroup[],
  { head, tail }: { readonly head: Uint8Array; readonly tail: Uint8Array },
): EncodedMessage {
  const [group] = groups
  if (group === undefined || groups.length > 1) {
    throw new Error(`Cannot encode Batch: ${groups.length} processes, must be 1`)
  }
  const bodies: number[] = []
  writer.raw(head)
  writer.struct(() => {
    writer.field(1, ThriftType.struct)
    writer.struct(() => {
      const { attributes } = group.process
      const name = attributes.find(({ key }) => key === 'service.name')
      const tags = attributes.filter((attribute) => attribute !== name)
      text(writer, 1, String(name?.value))
      writer.field(2, ThriftType.list)
      writer.list(ThriftType.struct, tags.length)
      for (const tag of tags) encodeTag(writer, tag)
    })
    writer.field(2, ThriftType.list)
    writer.list(ThriftType.struct, group.spans.length)
    for (const { body } of group.spans) {
      bodies.push(writer.position)
      writer.raw(body)
    }
  })
  writer.raw(tail)
  return { bytes: writer.finish(), bodies }
}

function text(writer: SpanWriter, id: number, value: string): void {
  writer.field(id, ThriftType.binary)
  writer.binary(Buffer.from(value))
}

function halfOf(id: Uint8Array, offset: number): bigint {
  return new DataView(id.buffer, id.byteOffset, id.byteLength).getBigInt64(offset)
}

/** Any time of this century takes as many bytes. */
const someMicros = 1_795_000_000_000_000n
/** TagType. */
const tagTypes = { string: 0, double: 1, bool: 2, int: 3 } as const
