import { isZeroId } from '../model/identifier.ts'
import type { KeyValue, Span, SpanEvent, SpanLink } from '../model/span.ts'
import { expectWireType, WireType } from '../wire/reader.ts'
import type { UnknownFields } from '../wire/unknown-fields.ts'
import type { DecodeContext } from './decode-context.ts'
import { countItem, enter, keepUnknown, Refusal } from './decode-context.ts'
import { decodeKeyValue } from './decode-key-value.ts'
import { decodeLog } from './decode-log.ts'
import type { Reference } from './decode-reference.ts'
import { decodeReference, fullSpanId, fullTraceId } from './decode-reference.ts'
import { clampNano, decodeNano, secondsText } from './decode-time.ts'
import { Level, unknownToOtlp } from './exchange-unknown.ts'
import { takeSpecialTags } from './special-tags.ts'
import { ReferenceType, ReferenceTypeText, sampledFlag, TagName } from './tag-names.ts'

/** A span of the model with what OTLP keeps outside of it. */
export interface DecodedSpan {
  readonly span: Span
  readonly scopeName: string
  readonly scopeVersion: string
  /** Bodies of its own Process, to be read as one message; none when the batch's holds. */
  readonly process: readonly Uint8Array[]
}

/**
 * jaeger.api_v2.Span -> span; reads from the reader's position to its end.
 *
 *    1 trace_id        bytes      8 or 16
 *    2 span_id         bytes      8
 *    3 operation_name  string     name
 *    4 references      SpanRef[]  parent: the first CHILD_OF of this trace, else its first
 *                                 FOLLOWS_FROM; links: all but a CHILD_OF with the parent's span id
 *    5 flags           uint32     bit 0 as it is; the others as attribute `@jaeger@flags`
 *    6 start_time      Timestamp  absent is 1970
 *    7 duration        Duration   end - start; a negative one is repaired like any span's
 *    8 tags            KeyValue[] attributes, but for those of special-tags.ts
 *    9 logs            Log[]      events
 *   10 process         Process    resource, instead of the batch's
 *   11 process_id      string     not kept: it names an entry of a Trace, which no request has
 *   12 warnings        string[]   attribute `@jaeger@warnings`
 *
 * Throws `Refusal` or `WireError` for this span alone.
 *
 * Source: jaeger-idl, api_v2/model.proto, message Span, and model/v1/span.go (ParentSpanID);
 * opentelemetry-collector-contrib, pkg/translator/jaeger, jaegerproto_to_traces.go.
 */
export function decodeSpan(context: DecodeContext): DecodedSpan {
  const wire = readSpan(context)
  const traceId = traceIdOf(wire.traceId)
  const spanId = spanIdOf(wire.spanId)
  const { attributes, kind, status, traceState, scopeName, scopeVersion } = takeSpecialTags(
    wire.tags,
  )
  const times = timesOf(wire)
  addKeptElsewhere(attributes, wire)
  const parent = parentOf(wire.references, traceId)
  const unknown = unknownToOtlp(wire.unknown?.bytes(), Level.span)
  const span: Span = {
    traceId,
    spanId,
    parentSpanId: parent === undefined || isZeroId(parent) ? undefined : parent,
    traceState,
    flags: wire.flags & sampledFlag,
    name: wire.name,
    kind,
    ...times,
    attributes,
    droppedAttributesCount: 0,
    events: wire.events,
    droppedEventsCount: 0,
    links: linksOf(wire.references, parent),
    droppedLinksCount: 0,
    status,
    ...(unknown === undefined ? {} : { unknown }),
  }
  return { span, scopeName, scopeVersion, process: wire.process }
}

/** Mutable while it is read. */
interface WireSpan {
  traceId: Uint8Array
  spanId: Uint8Array
  name: string
  flags: number
  startNano: bigint
  durationNano: bigint
  unknown: UnknownFields | undefined
  readonly references: Reference[]
  readonly tags: KeyValue[]
  readonly events: SpanEvent[]
  readonly process: Uint8Array[]
  readonly warnings: string[]
}

function readSpan(context: DecodeContext): WireSpan {
  const { reader } = context
  context.items = 0
  const span: WireSpan = {
    traceId: noBytes,
    spanId: noBytes,
    name: '',
    flags: 0,
    startNano: 0n,
    durationNano: 0n,
    unknown: undefined,
    references: [],
    tags: [],
    events: [],
    process: [],
    warnings: [],
  }
  while (reader.position < reader.end) {
    const start = reader.position
    const tag = reader.tag()
    if (tag >>> 3 === 8) {
      span.tags.push(decodeKeyValue(context, tag))
    } else if (!readField(context, tag, span)) {
      span.unknown = keepUnknown(span.unknown, reader, tag, start)
    }
  }
  return span
}

/** Reads one known field other than a tag into the span; false when the field is not known. */
function readField(context: DecodeContext, tag: number, span: WireSpan): boolean {
  const { reader } = context
  const field = tag >>> 3
  if (field > Level.span.jaeger) return false
  expectWireType(tag, field === 5 ? WireType.varint : WireType.bytes, reader)
  switch (field) {
    case 1:
      span.traceId = reader.slice()
      break
    case 2:
      span.spanId = reader.slice()
      break
    case 3:
      span.name = context.texts.read(reader)
      break
    case 4:
      span.references.push(decodeReference(context, tag))
      break
    case 5:
      span.flags = reader.uint32()
      break
    case 6:
      span.startNano = nested(context, tag)
      break
    case 7:
      span.durationNano = nested(context, tag)
      break
    case 9:
      span.events.push(decodeLog(context, tag))
      break
    case 10:
      span.process.push(reader.slice())
      break
    case 11:
      reader.slice()
      break
    default:
      span.warnings.push(warningOf(context))
  }
  return true
}

function nested(context: DecodeContext, tag: number): bigint {
  const { reader } = context
  const outer = enter(reader, tag)
  const nano = decodeNano(reader, reader.end)
  reader.end = outer
  return nano
}

function warningOf(context: DecodeContext): string {
  countItem(context)
  return context.texts.read(context.reader)
}

function traceIdOf(bytes: Uint8Array): Uint8Array {
  const id = bytes.length === 0 ? noBytes : fullTraceId(bytes)
  if (id === undefined) {
    throw new Refusal(
      'trace_id',
      `Cannot decode span: trace id has ${bytes.length} bytes, must be 8 or 16`,
    )
  }
  if (isZeroId(id)) throw new Refusal('trace_id', 'Cannot decode span: trace id is all zero')
  return id
}

function spanIdOf(bytes: Uint8Array): Uint8Array {
  if (bytes.length !== 0 && fullSpanId(bytes) === undefined) {
    throw new Refusal('span_id', `Cannot decode span: span id has ${bytes.length} bytes, must be 8`)
  }
  if (isZeroId(bytes)) throw new Refusal('span_id', 'Cannot decode span: span id is all zero')
  return bytes
}

/** Times as the model holds them; one that it cannot hold is moved and the span says so. */
function timesOf(wire: WireSpan): Pick<Span, 'startUnixNano' | 'endUnixNano'> {
  const startUnixNano = clampNano(wire.startNano)
  if (startUnixNano !== wire.startNano) {
    wire.warnings.push(
      `Start time ${secondsText(wire.startNano)} since 1970 cannot be held, moved to ${secondsText(startUnixNano)}`,
    )
  }
  const end = startUnixNano + wire.durationNano
  const endUnixNano = clampNano(end)
  if (endUnixNano !== end) {
    wire.warnings.push(
      `Duration ${secondsText(wire.durationNano)} cannot be held, changed to ${secondsText(endUnixNano - startUnixNano)}`,
    )
  }
  return { startUnixNano, endUnixNano }
}

/** What OTLP has no field for, behind the attributes, where encode-span.ts finds it again. */
function addKeptElsewhere(attributes: KeyValue[], wire: WireSpan): void {
  const flags = (wire.flags & ~sampledFlag) >>> 0
  if (flags !== 0) {
    attributes.push({ key: TagName.flags, value: { kind: 'int', value: BigInt(flags) } })
  }
  if (wire.warnings.length === 0) return
  const value = wire.warnings.map((text) => ({ kind: 'string', value: text }) as const)
  attributes.push({ key: TagName.warnings, value: { kind: 'array', value } })
}

function parentOf(references: readonly Reference[], traceId: Uint8Array): Uint8Array | undefined {
  let follows: Uint8Array | undefined
  for (const reference of references) {
    if (Buffer.compare(reference.traceId, traceId) !== 0) continue
    if (reference.type === ReferenceType.childOf) return reference.spanId
    if (reference.type === ReferenceType.followsFrom) follows ??= reference.spanId
  }
  return follows
}

/**
 * The references that the parent id does not say: all but a CHILD_OF with its span id, of whatever
 * trace (so does the source). One with unknown fields stays, as they have no other place.
 */
function linksOf(
  references: readonly Reference[],
  parent: Uint8Array | undefined,
): readonly SpanLink[] {
  const links: SpanLink[] = []
  for (const reference of references) {
    const isChild = reference.type === ReferenceType.childOf
    const unknown = unknownToOtlp(reference.unknown, Level.link)
    if (isChild && unknown === undefined && isSameSpan(reference.spanId, parent)) continue
    links.push({
      traceId: reference.traceId,
      spanId: reference.spanId,
      traceState: '',
      attributes: isChild ? childOfAttributes : followsFromAttributes,
      droppedAttributesCount: 0,
      flags: 0,
      ...(unknown === undefined ? {} : { unknown }),
    })
  }
  return links
}

/** Without a parent its id is all zero, as in the source. */
function isSameSpan(spanId: Uint8Array, parent: Uint8Array | undefined): boolean {
  return parent === undefined ? isZeroId(spanId) : Buffer.compare(spanId, parent) === 0
}

function referenceTypeAttribute(value: string): readonly KeyValue[] {
  return [{ key: TagName.referenceType, value: { kind: 'string', value } }]
}

const childOfAttributes = referenceTypeAttribute(ReferenceTypeText.childOf)
const followsFromAttributes = referenceTypeAttribute(ReferenceTypeText.followsFrom)
const noBytes = new Uint8Array(0)
