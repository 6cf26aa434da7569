import { spanIdLength, traceIdLength } from '../model/identifier.ts'
import type { Scope, Span, SpanEvent } from '../model/span.ts'
import { WireWriter } from '../wire/writer.ts'
import { encodeKeyValue } from './encode-key-value.ts'
import type { ReferenceList } from './encode-references.ts'
import { referencesOf } from './encode-references.ts'
import { Level, unknownToJaeger } from './exchange-unknown.ts'
import { jaegerDurationNano, jaegerPartsOf, logFieldsOf } from './jaeger-parts.ts'

/** A span with what Jaeger's message repeats in each. */
export interface SpanToEncode {
  readonly span: Span
  readonly scope: Scope | undefined
  /** Body of its Process, from encode-process.ts. */
  readonly processBody: Uint8Array
}

/**
 * Span -> body of a jaeger.api_v2.Span, written at the writer's position.
 *
 *    1 trace_id        16 bytes, always
 *    2 span_id         8 bytes, always
 *    3 operation_name  name
 *    4 references      the parent as CHILD_OF, then the links; see encode-references.ts
 *    5 flags           bit 0 of the flags, with the others from `@jaeger@flags`
 *    6 start_time      always, also 1970: a Go peer reads an absent one as the year 1
 *    7 duration        end - start, always, exact; negative when the end is before the start
 *    8 tags            scope, attributes, kind, status and trace state; see jaeger-parts.ts
 *    9 logs            events; the name is the field `event`, first, unless there is one
 *   10 process         always
 *   12 warnings        the strings of `@jaeger@warnings`
 *
 * Source: jaeger-idl, api_v2/model.proto, message Span; opentelemetry-collector-contrib,
 * pkg/translator/jaeger, traces_to_jaegerproto.go.
 */
export function encodeSpan(writer: WireWriter, { span, scope, processBody }: SpanToEncode): void {
  const references = referencesOf(span)
  const { flags, tags, warnings } = jaegerPartsOf(span, scope)
  writer.bytesAlways(1, withLength(span.traceId, traceIdLength))
  writer.bytesAlways(2, withLength(span.spanId, spanIdLength))
  writer.string(3, span.name)
  writeReferences(writer, references)
  writer.uint32(5, flags)
  writeNano(writer, 6, span.startUnixNano)
  writeNano(writer, 7, jaegerDurationNano(span))
  for (const tag of tags) encodeKeyValue(writer, 8, tag)
  for (const event of span.events) writeLog(writer, event)
  writer.bytesAlways(10, processBody)
  for (const text of warnings) writer.stringAlways(12, text)
  for (const text of references.warnings) writer.stringAlways(12, text)
  writer.raw(unknownToJaeger(span.unknown, Level.span))
}

/** The same as bytes of their own. */
export function spanBody(span: SpanToEncode): Uint8Array {
  const writer = new WireWriter(1024 + span.processBody.length)
  encodeSpan(writer, span)
  return writer.finish()
}

function writeReferences(writer: WireWriter, { references }: ReferenceList): void {
  for (const reference of references) {
    writer.message(4, () => {
      writer.bytesAlways(1, reference.traceId)
      writer.bytesAlways(2, reference.spanId)
      writer.int32(3, reference.type)
      writer.raw(reference.unknown)
    })
  }
}

/** Timestamp or Duration: whole seconds and nanoseconds of the same sign. */
function writeNano(writer: WireWriter, field: number, nano: bigint): void {
  writer.message(field, () => {
    writer.int64(1, nano / nanoPerSecond)
    writer.int32(2, Number(nano % nanoPerSecond))
  })
}

function writeLog(writer: WireWriter, event: SpanEvent): void {
  writer.message(9, () => {
    writeNano(writer, 1, event.timeUnixNano)
    for (const field of logFieldsOf(event)) encodeKeyValue(writer, 2, field)
    writer.raw(unknownToJaeger(event.unknown, Level.event))
  })
}

/** Zeros where an id does not have its length, as peers refuse a message with another one. */
function withLength(id: Uint8Array, length: number): Uint8Array {
  return id.length === length ? id : new Uint8Array(length)
}

const nanoPerSecond = 1_000_000_000n
