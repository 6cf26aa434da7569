import type { Schema } from '../http/schema.ts'
import { boolean, integer, listOf, named, objectOf, text } from '../http/schema.ts'

const decimal: Schema = { type: 'string', pattern: '^-?[0-9]+$' }
const hex: Schema = { type: 'string', pattern: '^[0-9a-f]*$' }
const count: Schema = { ...integer, minimum: 0 }
const attributes = {
  attributes: listOf(named('KeyValue')),
  droppedAttributesCount: count,
}

/** One of these members, or none. */
function anyOneOf(members: Readonly<Record<string, Schema>>): Schema {
  const each = Object.entries(members).map(([name, schema]) => objectOf({ [name]: schema }))
  return { oneOf: [objectOf({}), ...each] }
}

/**
 * OTLP as JSON; what is 0 or empty is left out.
 *
 * Source: OTLP specification, "JSON Protobuf Encoding"; opentelemetry-proto, trace/v1.
 */
export const otlpSchemas: Readonly<Record<string, Schema>> = {
  TracesData: objectOf({ resourceSpans: listOf(named('ResourceSpans')) }),
  ResourceSpans: objectOf(
    { scopeSpans: listOf(named('ScopeSpans')) },
    { resource: objectOf({}, attributes), schemaUrl: text },
  ),
  ScopeSpans: objectOf(
    {
      scope: objectOf({}, { name: text, version: text, ...attributes }),
      spans: listOf(named('OtlpSpan')),
    },
    { schemaUrl: text },
  ),
  OtlpSpan: objectOf(
    {
      traceId: { type: 'string', pattern: '^[0-9a-f]{32}$' },
      spanId: { type: 'string', pattern: '^[0-9a-f]{16}$' },
      status: objectOf({}, { code: integer, message: text }),
    },
    {
      traceState: text,
      parentSpanId: { type: 'string', pattern: '^[0-9a-f]{16}$' },
      flags: count,
      name: text,
      kind: integer,
      startTimeUnixNano: decimal,
      endTimeUnixNano: decimal,
      ...attributes,
      events: listOf(objectOf({}, { timeUnixNano: decimal, name: text, ...attributes })),
      droppedEventsCount: count,
      links: listOf(
        objectOf({}, { traceId: hex, spanId: hex, traceState: text, flags: count, ...attributes }),
      ),
      droppedLinksCount: count,
    },
  ),
  KeyValue: objectOf({ key: text }, { value: named('AnyValue') }),
  AnyValue: anyOneOf({
    stringValue: text,
    boolValue: boolean,
    intValue: decimal,
    doubleValue: {
      oneOf: [{ type: 'number' }, { type: 'string', enum: ['NaN', 'Infinity', '-Infinity', '-0'] }],
    },
    arrayValue: objectOf({}, { values: listOf(named('AnyValue')) }),
    kvlistValue: objectOf({}, { values: listOf(named('KeyValue')) }),
    bytesValue: text,
  }),
}
