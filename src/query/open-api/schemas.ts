import type { Schema } from '../http/schema.ts'
import { boolean, integer, listOf, named, objectOf, text } from '../http/schema.ts'
import { codes, kinds } from '../spangate-v1/found-json.ts'
import { otlpSchemas } from './otlp-schemas.ts'
import { statusSchemas } from './status-schemas.ts'

const hexOf = (digits: string): Schema => ({ type: 'string', pattern: `^(?:${digits})$` })
/** An id of 64 bits has 16 digits, as Jaeger writes it. */
const traceID = hexOf('[0-9a-f]{16}|[0-9a-f]{32}')
const spanID = hexOf('[0-9a-f]{16}')
const zero: Schema = { type: 'integer', const: 0 }
const none: Schema = { type: 'null' }
const orNull = (schema: Schema): Schema => ({ oneOf: [schema, none] })
const decimal: Schema = { type: 'string', pattern: '^-?[0-9]+$' }
const count: Schema = { ...integer, minimum: 0 }
const texts = listOf(text)

function envelopeOf(data: Schema, total: Schema, optional = {}): Schema {
  const errors = orNull(listOf(named('EnvelopeError')))
  return objectOf({ data, total, limit: zero, offset: zero, errors }, optional)
}

const nextCursor: Schema = {
  ...text,
  description: 'Asks for the next page, where the request asked for pages by `cursor`.',
}

/** Jaeger's JSON. Source: jaeger v2.20.0, internal/uimodel/model.go. */
const jaeger: Readonly<Record<string, Schema>> = {
  EnvelopeError: objectOf({ msg: text }, { code: integer, traceID }),
  FailedEnvelope: {
    ...envelopeOf(none, zero),
    description: 'The body of a failure, sent as text/plain.',
  },
  ServicesEnvelope: envelopeOf(texts, count),
  OperationNamesEnvelope: envelopeOf(orNull(texts), count),
  OperationsEnvelope: envelopeOf(listOf(objectOf({ name: text, spanKind: text })), count),
  TracesEnvelope: envelopeOf(listOf(named('Trace')), zero, { nextCursor }),
  DependenciesEnvelope: envelopeOf(
    listOf(objectOf({ parent: text, child: text, callCount: count })),
    zero,
  ),
  Trace: objectOf({
    traceID,
    spans: listOf(named('Span')),
    processes: { type: 'object', additionalProperties: named('Process') },
    warnings: orNull(texts),
  }),
  Span: objectOf(
    {
      traceID,
      spanID,
      operationName: text,
      references: listOf(named('Reference')),
      startTime: { ...integer, description: 'µs since the epoch.' },
      duration: { ...integer, description: 'µs.' },
      tags: listOf(named('Tag')),
      logs: listOf(objectOf({ timestamp: integer, fields: listOf(named('Tag')) })),
      processID: { type: 'string', pattern: '^p[0-9]+$' },
      warnings: orNull(texts),
    },
    { flags: count },
  ),
  Reference: objectOf({
    refType: { type: 'string', enum: ['CHILD_OF', 'FOLLOWS_FROM'] },
    traceID,
    spanID,
  }),
  Process: objectOf({ serviceName: text, tags: listOf(named('Tag')) }),
  Tag: {
    description: 'An int64 that a double cannot hold is a text of digits.',
    oneOf: [
      objectOf({ key: text, type: { type: 'string', const: 'string' }, value: text }),
      objectOf({ key: text, type: { type: 'string', const: 'bool' }, value: boolean }),
      objectOf({
        key: text,
        type: { type: 'string', const: 'int64' },
        value: { oneOf: [integer, decimal] },
      }),
      objectOf({
        key: text,
        type: { type: 'string', const: 'float64' },
        value: {
          oneOf: [{ type: 'number' }, { type: 'string', enum: ['NaN', '+Inf', '-Inf', '-0'] }],
        },
      }),
      objectOf({
        key: text,
        type: { type: 'string', const: 'binary' },
        value: { ...text, description: 'Base64.' },
      }),
    ],
  },
}

const searchBound: Schema = {
  ...text,
  description: 'The limit that cut the answer short, such as `search.max-time=30000`.',
}

/** api_v3. Source: jaeger-idl, proto/api_v3/query_service.proto; proto3's JSON mapping. */
const apiV3: Readonly<Record<string, Schema>> = {
  FailedV3: {
    ...objectOf({ error: objectOf({ httpCode: integer, message: text }) }),
    description: 'The body of a failure, sent as text/plain.',
  },
  ServicesV3: objectOf({ services: texts }),
  OperationsV3: objectOf({ operations: listOf(objectOf({ name: text, spanKind: text })) }),
  TracesV3: objectOf({ result: named('TracesData') }, { searchBound, nextCursor }),
  SummariesV3: objectOf({ summaries: listOf(named('TraceSummary')) }, { searchBound, nextCursor }),
  TraceSummary: objectOf(
    { traceId: hexOf('[0-9a-f]{32}') },
    {
      rootServiceName: text,
      rootOperationName: text,
      minStartTimeUnixNano: decimal,
      maxEndTimeUnixNano: decimal,
      spanCount: count,
      errorSpanCount: count,
      orphanSpanCount: count,
      services: listOf(objectOf({ name: text }, { spanCount: count, errorSpanCount: count })),
    },
  ),
}

/** spangate.v1; proto3's JSON mapping. */
const own: Readonly<Record<string, Schema>> = {
  FoundTexts: objectOf({ traces: listOf(named('FoundTrace')) }, { searchBound, nextCursor }),
  FoundTrace: objectOf(
    { traceId: hexOf('[0-9a-f]{32}') },
    {
      rootServiceName: text,
      rootOperationName: text,
      minStartTimeUnixNano: decimal,
      maxEndTimeUnixNano: decimal,
      spanCount: count,
      errorSpanCount: count,
      matchedSpanCount: count,
      spans: listOf(named('FoundSpan')),
      newestMatchTimeUnixNano: decimal,
    },
  ),
  FoundSpan: objectOf(
    { spanId: spanID },
    {
      parentSpanId: spanID,
      serviceName: text,
      name: text,
      kind: { oneOf: [{ ...text, enum: kinds.slice(1) }, integer] },
      statusCode: { oneOf: [{ ...text, enum: codes.slice(1) }, integer] },
      startTimeUnixNano: decimal,
      endTimeUnixNano: decimal,
      selected: listOf(named('KeyValue')),
    },
  ),
  AttributeNames: objectOf(
    { names: listOf(objectOf({ name: text, spanCount: count })), traceCount: count },
    { searchBound },
  ),
  AttributeValues: objectOf(
    {
      values: listOf(objectOf({ value: named('AnyValue'), spanCount: count })),
      traceCount: count,
    },
    { searchBound },
  ),
}

const perSecond: Schema = { type: 'number', minimum: 0, description: 'Traces a second.' }
const seconds: Schema = { type: 'number', minimum: 0, description: 's' }
const share: Schema = { type: 'number', minimum: 0, maximum: 1 }

/** What sampling does. */
const sampling: Readonly<Record<string, Schema>> = {
  SamplingStatus: objectOf({
    mode: { ...text, enum: ['file', 'adaptive'] },
    services: { ...count, description: 'Services with a strategy of their own.' },
    operations: { ...count, description: 'Operations with a share of their own.' },
    adaptive: orNull(named('AdaptiveSampling')),
  }),
  AdaptiveSampling: objectOf({
    targetPerSecond: perSecond,
    intervalSeconds: seconds,
    leader: {
      ...orNull(text),
      description:
        'Host and process id of whoever calculates shares; null where nobody was heard of lately.',
    },
    isLeader: boolean,
    leaseSeconds: { ...seconds, description: 'For how long that is known, s.' },
    receivers: {
      ...orNull(count),
      description: 'Processes whose counts are added up; null in one that does not lead.',
    },
    secondsSinceChange: {
      ...orNull(seconds),
      description: 'Since this process has calculated or taken over shares, s; null: not yet.',
    },
  }),
  SampledOperations: objectOf({
    operations: listOf(
      objectOf({
        service: text,
        operation: {
          ...text,
          description: 'Empty: all of the service that have no share of their own.',
        },
        probability: share,
        observedPerSecond: {
          ...orNull(perSecond),
          description: 'Traces a second, kept or not; null where nothing is counted.',
        },
        keptPerSecond: orNull(perSecond),
      }),
    ),
  }),
}

/** All schemas that endpoints name. */
export const schemas: Readonly<Record<string, Schema>> = {
  ...jaeger,
  ...apiV3,
  ...own,
  ...otlpSchemas,
  ...sampling,
  ...statusSchemas,
}
