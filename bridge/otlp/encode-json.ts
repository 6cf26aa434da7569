import { hexOf } from '../model/identifier.ts'
import type {
  AnyValue,
  KeyValue,
  Resource,
  Scope,
  Span,
  SpanEvent,
  SpanGroup,
  SpanLink,
  Status,
} from '../model/span.ts'
import { base64Of } from '../wire/bytes-text.ts'

/** A value of JSON. */
export type Json = string | number | boolean | readonly Json[] | { readonly [key: string]: Json }

/**
 * Model -> OTLP JSON (a TracesData message), as OTLP/HTTP carries it.
 *
 * Ids are lower-case hex, 64-bit integers are decimal strings, enums are numbers, bytes are base64,
 * names are lowerCamelCase; defaults are left out. NaN and infinities are the strings that proto3's
 * JSON has for them. Fields that this version does not know have no JSON form and are left out.
 *
 * Source: OTLP specification, "JSON Protobuf Encoding"; proto3 JSON mapping.
 */
export function jsonOfGroups(groups: readonly SpanGroup[]): Json {
  return { resourceSpans: groups.map(jsonOfGroup) }
}

function jsonOfGroup(group: SpanGroup): Json {
  return object({
    resource: group.resource && jsonOfResource(group.resource),
    scopeSpans: [
      object({
        scope: group.scope && jsonOfScope(group.scope),
        spans: group.spans.map(jsonOfSpan),
        schemaUrl: group.scopeSchemaUrl,
      }),
    ],
    schemaUrl: group.resourceSchemaUrl,
  })
}

/** A Resource. */
export function jsonOfResource(resource: Resource): Json {
  return object(attributesOf(resource))
}

/** An InstrumentationScope. */
export function jsonOfScope(scope: Scope): Json {
  return object({ name: scope.name, version: scope.version, ...attributesOf(scope) })
}

/** A Span. */
export function jsonOfSpan(span: Span): Json {
  return object({
    traceId: hexOf(span.traceId),
    spanId: hexOf(span.spanId),
    traceState: span.traceState,
    parentSpanId: span.parentSpanId && hexOf(span.parentSpanId),
    flags: span.flags,
    name: span.name,
    kind: span.kind,
    startTimeUnixNano: timeOf(span.startUnixNano),
    endTimeUnixNano: timeOf(span.endUnixNano),
    ...attributesOf(span),
    events: span.events.map(jsonOfEvent),
    droppedEventsCount: span.droppedEventsCount,
    links: span.links.map(jsonOfLink),
    droppedLinksCount: span.droppedLinksCount,
    status: span.status && jsonOfStatus(span.status),
  })
}

function jsonOfEvent(event: SpanEvent): Json {
  return object({
    timeUnixNano: timeOf(event.timeUnixNano),
    name: event.name,
    ...attributesOf(event),
  })
}

function jsonOfLink(link: SpanLink): Json {
  return object({
    traceId: hexOf(link.traceId),
    spanId: hexOf(link.spanId),
    traceState: link.traceState,
    ...attributesOf(link),
    flags: link.flags,
  })
}

function jsonOfStatus(status: Status): Json {
  return object({ message: status.message, code: status.code })
}

function attributesOf(owner: {
  readonly attributes: readonly KeyValue[]
  readonly droppedAttributesCount: number
}): Record<string, Json> {
  return {
    attributes: owner.attributes.map(jsonOfKeyValue),
    droppedAttributesCount: owner.droppedAttributesCount,
  }
}

function jsonOfKeyValue({ key, value }: KeyValue): Json {
  return value === undefined ? { key } : { key, value: jsonOfValue(value) }
}

/** An AnyValue. */
export function jsonOfValue(value: AnyValue): Json {
  switch (value.kind) {
    case 'empty':
      return {}
    case 'string':
      return { stringValue: value.value }
    case 'bool':
      return { boolValue: value.value }
    case 'int':
      return { intValue: String(value.value) }
    case 'double':
      return { doubleValue: jsonOfDouble(value.value) }
    case 'array':
      return { arrayValue: object({ values: value.value.map(jsonOfValue) }) }
    case 'kvlist':
      return { kvlistValue: object({ values: value.value.map(jsonOfKeyValue) }) }
    case 'bytes':
      return { bytesValue: base64Of(value.value) }
  }
}

/** As text where JSON.stringify would write another: what JSON has no number for, and the sign of -0. */
function jsonOfDouble(value: number): Json {
  if (Object.is(value, -0)) return '-0'
  return Number.isFinite(value) ? value : String(value)
}

/** A time that is not set is left out, as every default is. */
function timeOf(unixNano: bigint): Json | undefined {
  return unixNano === 0n ? undefined : String(unixNano)
}

/** Leaves out what proto3 leaves out: absent, 0, '' and empty lists. */
function object(fields: Readonly<Record<string, Json | undefined>>): Json {
  const kept = Object.entries(fields).filter(([, value]) => {
    return !(
      value === undefined ||
      value === 0 ||
      value === '' ||
      (Array.isArray(value) && value.length === 0)
    )
  })
  return Object.fromEntries(kept) as Json
}
