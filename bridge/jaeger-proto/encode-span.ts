import { spanIdLength, traceIdLength } from '../model/identifier.ts'
import type { AnyValue, KeyValue, Scope, Span, SpanEvent } from '../model/span.ts'
import { SpanKind, StatusCode } from '../model/span.ts'
import { WireWriter } from '../wire/writer.ts'
import { encodeKeyValue, encodeText, encodeTrue } from './encode-key-value.ts'
import type { ReferenceList } from './encode-references.ts'
import { referencesOf } from './encode-references.ts'
import { Level, unknownToJaeger } from './exchange-unknown.ts'
import { sampledFlag, TagName } from './tag-names.ts'

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
 *    8 tags            scope name and version, attributes, span.kind, otel.status_code, error,
 *                      otel.status_description, w3c.tracestate, in this order
 *    9 logs            events; the name is the field `event`, first, unless there is one
 *   10 process         always
 *   12 warnings        the strings of `@jaeger@warnings`
 *
 * Source: jaeger-idl, api_v2/model.proto, message Span; opentelemetry-collector-contrib,
 * pkg/translator/jaeger, traces_to_jaegerproto.go.
 */
export function encodeSpan(writer: WireWriter, { span, scope, processBody }: SpanToEncode): void {
  const references = referencesOf(span)
  const flags = flagsOf(span)
  const warnings = warningsOf(span)
  writer.bytesAlways(1, withLength(span.traceId, traceIdLength))
  writer.bytesAlways(2, withLength(span.spanId, spanIdLength))
  writer.string(3, span.name)
  writeReferences(writer, references)
  writer.uint32(5, ((span.flags & sampledFlag) | (flags.value & ~sampledFlag)) >>> 0)
  writeNano(writer, 6, span.startUnixNano)
  writeNano(writer, 7, boundedDuration(span.endUnixNano - span.startUnixNano))
  writeScopeTags(writer, scope)
  for (const attribute of span.attributes) {
    if (attribute === flags.attribute || attribute === warnings.attribute) continue
    encodeKeyValue(writer, 8, attribute)
  }
  writeStatusTags(writer, span)
  for (const event of span.events) writeLog(writer, event)
  writer.bytesAlways(10, processBody)
  for (const text of warnings.texts) writer.stringAlways(12, text)
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

/** Go peers hold a duration as int64 nanoseconds and refuse the whole message when it is more. */
function boundedDuration(nano: bigint): bigint {
  if (nano > durationMax) return durationMax
  return nano < -durationMax ? -durationMax : nano
}

function writeScopeTags(writer: WireWriter, scope: Scope | undefined): void {
  if (scope === undefined) return
  if (scope.name !== '') encodeText(writer, 8, TagName.scopeName, scope.name)
  if (scope.version !== '') encodeText(writer, 8, TagName.scopeVersion, scope.version)
}

function writeStatusTags(writer: WireWriter, span: Span): void {
  const kind = kindTexts.get(span.kind)
  if (kind !== undefined) encodeText(writer, 8, TagName.spanKind, kind)
  const code = span.status?.code
  if (code === StatusCode.ok) encodeText(writer, 8, TagName.statusCode, 'OK')
  if (code === StatusCode.error) {
    encodeText(writer, 8, TagName.statusCode, 'ERROR')
    encodeTrue(writer, 8, TagName.error)
  }
  const message = span.status?.message ?? ''
  if (message !== '') encodeText(writer, 8, TagName.statusDescription, message)
  if (span.traceState !== '') encodeText(writer, 8, TagName.traceState, span.traceState)
}

function writeLog(writer: WireWriter, event: SpanEvent): void {
  writer.message(9, () => {
    writeNano(writer, 1, event.timeUnixNano)
    const hasName = event.attributes.some(({ key }) => key === TagName.event)
    if (event.name !== '' && !hasName) encodeText(writer, 2, TagName.event, event.name)
    for (const attribute of event.attributes) encodeKeyValue(writer, 2, attribute)
    writer.raw(unknownToJaeger(event.unknown, Level.event))
  })
}

/** The Jaeger flags that decode-span.ts put into an attribute; another use of its key stays a tag. */
function flagsOf(span: Span): { attribute: KeyValue | undefined; value: number } {
  const attribute = span.attributes.findLast(({ key }) => key === TagName.flags)
  const value = attribute?.value
  if (value?.kind !== 'int' || value.value <= 0n || value.value > 0xffff_ffffn) return noFlags
  return { attribute, value: Number(value.value) }
}

/** The warnings of the attribute, when it is a list of strings and nothing else. */
function warningsOf(span: Span): { attribute: KeyValue | undefined; texts: readonly string[] } {
  const attribute = span.attributes.findLast(({ key }) => key === TagName.warnings)
  const value = attribute?.value
  if (value?.kind !== 'array') return noWarnings
  const texts: string[] = []
  for (const text of value.value) {
    if (!isString(text)) return noWarnings
    texts.push(text.value)
  }
  return { attribute, texts }
}

function isString(value: AnyValue): value is AnyValue & { readonly kind: 'string' } {
  return value.kind === 'string'
}

/** Zeros where an id does not have its length, as peers refuse a message with another one. */
function withLength(id: Uint8Array, length: number): Uint8Array {
  return id.length === length ? id : new Uint8Array(length)
}

const kindTexts: ReadonlyMap<number, string> = new Map([
  [SpanKind.client, 'client'],
  [SpanKind.server, 'server'],
  [SpanKind.producer, 'producer'],
  [SpanKind.consumer, 'consumer'],
  [SpanKind.internal, 'internal'],
])
const nanoPerSecond = 1_000_000_000n
const durationMax = 2n ** 63n - 1n
const noFlags = { attribute: undefined, value: 0 } as const
const noWarnings = { attribute: undefined, texts: [] } as const
