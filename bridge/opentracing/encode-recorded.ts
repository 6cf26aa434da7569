import { hexOf } from '../model/identifier.ts'
import { jsonText } from '../model/json-text.ts'
import type {
  AnyValue,
  KeyValue,
  Resource,
  Scope,
  Span,
  SpanGroup,
  SpanLink,
} from '../model/span.ts'
import { StatusCode } from '../model/span.ts'
import type {
  RecordedLog,
  RecordedLoss,
  RecordedReference,
  RecordedSpan,
  TagValue,
} from './recorded-span.ts'
import { kindTexts, RecordedLosses, SpecialTag } from './recorded-span.ts'

/** Spans as OpenTracing has them, and what they lost. */
export interface EncodedRecorded {
  readonly spans: readonly RecordedSpan[]
  readonly losses: readonly RecordedLoss[]
}

/**
 * Model -> OpenTracing.
 *
 * Fields that OpenTracing has no word for become the tags that Jaeger has for them; `error` is true for
 * ERROR and false for OK. The parent is the first reference, links are the others; a link without a
 * type is FOLLOWS_FROM. The mapping is the table of README.md.
 */
export function recordedSpansOf(groups: readonly SpanGroup[]): EncodedRecorded {
  const losses = new RecordedLosses()
  const spans = groups.flatMap((group) => {
    const owner = processOf(group.resource, losses)
    const scopeTags = scopeTagsOf(group.scope, losses)
    losses.add(
      'schema_urls',
      [group.resourceSchemaUrl, group.scopeSchemaUrl].filter(Boolean).length,
    )
    losses.add('unknown_fields', [group.resourceUnknown, group.scopeUnknown].filter(Boolean).length)
    return group.spans.map((span) => recordedSpan(span, scopeTags, owner, losses))
  })
  return { spans, losses: losses.list() }
}

type Tags = Record<string, TagValue>

function recordedSpan(
  span: Span,
  scopeTags: readonly (readonly [string, TagValue])[],
  owner: Tags,
  losses: RecordedLosses,
): RecordedSpan {
  countLost(span, losses)
  const start = millisOf(span.startUnixNano, losses)
  const finish = millisOf(span.endUnixNano, losses)
  const tags = tagsOf(span.attributes, losses, [...scopeTags, ...specialTags(span)])
  const references = referencesOf(span, losses)
  const logs = span.events.map(({ timeUnixNano, name, attributes }): RecordedLog => {
    const fields = tagsOf(attributes, losses)
    // An attribute of that name says more than the name of the event.
    const hasEvent = name === '' || Object.hasOwn(fields, SpecialTag.event)
    return {
      timestamp: millisOf(timeUnixNano, losses),
      fields: hasEvent ? fields : { [SpecialTag.event]: name, ...fields },
    }
  })
  return {
    uuid: hexOf(span.spanId),
    operation: span.name,
    millis: [roundMicros(finish - start), start, finish],
    traceId: hexOf(span.traceId),
    ...(Object.keys(tags).length > 0 && { tags }),
    ...(references.length > 0 && { references }),
    ...(logs.length > 0 && { logs }),
    ...(Object.keys(owner).length > 0 && { process: owner }),
  }
}

function* specialTags({ kind, status, traceState }: Span): Iterable<readonly [string, TagValue]> {
  const text = kindTexts[kind]
  if (text !== undefined) yield [SpecialTag.kind, text]
  if (status !== undefined && status.code !== StatusCode.unset) {
    yield [SpecialTag.error, status.code === StatusCode.error]
  }
  if (status !== undefined && status.message !== '') {
    yield [SpecialTag.statusDescription, status.message]
  }
  if (traceState !== '') yield [SpecialTag.traceState, traceState]
}

function referencesOf(
  { traceId, parentSpanId, links }: Span,
  losses: RecordedLosses,
): readonly RecordedReference[] {
  const references: RecordedReference[] = []
  const trace = hexOf(traceId)
  const parent = parentSpanId === undefined ? undefined : hexOf(parentSpanId)
  const ofParent = links.find(
    (link) => hexOf(link.traceId) === trace && hexOf(link.spanId) === parent,
  )
  if (parent !== undefined) {
    // A link to the parent only says what kind of parent it is.
    const type = ofParent === undefined ? 'child_of' : (typeOf(ofParent) ?? 'child_of')
    references.push({ type, traceId: trace, uuid: parent })
  }
  for (const link of links) {
    const others = link.attributes.filter(({ key }) => key !== SpecialTag.refType)
    const hasParts = others.length > 0 || link.traceState !== '' || link.flags !== 0
    if (hasParts) losses.add('link_parts')
    losses.add('dropped_counts', Number(link.droppedAttributesCount > 0))
    if (link.unknown !== undefined) losses.add('unknown_fields')
    if (link === ofParent) continue
    const type = typeOf(link) ?? 'follows_from'
    references.push({ type, traceId: hexOf(link.traceId), uuid: hexOf(link.spanId) })
  }
  return references
}

function typeOf({ attributes }: SpanLink): RecordedReference['type'] | undefined {
  const value = attributes.find(({ key }) => key === SpecialTag.refType)?.value
  if (value?.kind !== 'string') return undefined
  return value.value === 'child_of' || value.value === 'follows_from' ? value.value : undefined
}

function processOf(resource: Resource | undefined, losses: RecordedLosses): Tags {
  if (resource === undefined) return {}
  losses.add('dropped_counts', Number(resource.droppedAttributesCount > 0))
  if (resource.unknown !== undefined) losses.add('unknown_fields')
  return tagsOf(resource.attributes, losses)
}

function scopeTagsOf(scope: Scope | undefined, losses: RecordedLosses) {
  const tags: [string, TagValue][] = []
  if (scope === undefined) return tags
  losses.add('scope_attributes', scope.attributes.length)
  losses.add('dropped_counts', Number(scope.droppedAttributesCount > 0))
  if (scope.unknown !== undefined) losses.add('unknown_fields')
  if (scope.name !== '') tags.push([SpecialTag.scopeName, scope.name])
  if (scope.version !== '') tags.push([SpecialTag.scopeVersion, scope.version])
  return tags
}

function countLost(span: Span, losses: RecordedLosses): void {
  const counts = [
    span.droppedAttributesCount,
    span.droppedEventsCount,
    span.droppedLinksCount,
    ...span.events.map((event) => event.droppedAttributesCount),
  ]
  losses.add('dropped_counts', counts.filter((count) => count > 0).length)
  if (span.flags !== 0) losses.add('flags')
  const unknown = [span.unknown, span.status?.unknown, ...span.events.map((event) => event.unknown)]
  losses.add('unknown_fields', unknown.filter((bytes) => bytes !== undefined).length)
}

/** Tags by key; `special` ones win over attributes of their name, as they are fields. */
function tagsOf(
  attributes: readonly KeyValue[],
  losses: RecordedLosses,
  special: readonly (readonly [string, TagValue])[] = [],
): Tags {
  const tags = new Map<string, TagValue>()
  const set = (key: string, value: TagValue) => {
    if (tags.has(key)) losses.add('equal_keys')
    tags.set(key, value)
  }
  for (const { key, value } of attributes) set(key, tagValueOf(value, losses))
  for (const [key, value] of special) set(key, value)
  return Object.fromEntries(tags)
}

function tagValueOf(value: AnyValue | undefined, losses: RecordedLosses): TagValue {
  switch (value?.kind) {
    case undefined:
    case 'empty':
      return ''
    case 'string':
    case 'bool':
      return value.value
    case 'int': {
      const number = Number(value.value)
      if (Number.isSafeInteger(number)) return number
      losses.add('number_types')
      return String(value.value)
    }
    case 'double':
      if (Number.isFinite(value.value)) return value.value
      losses.add('unwritable_numbers')
      return String(value.value)
    case 'bytes':
      return hexOf(value.value)
    case 'array':
    case 'kvlist':
      return jsonText(value)
  }
}

/** ns to ms with a fraction of whole µs, cut. */
function millisOf(unixNano: bigint, losses: RecordedLosses): number {
  if (unixNano % 1000n !== 0n) losses.add('nanoseconds')
  return Number(unixNano / 1000n) / 1000
}

/** A difference of two such numbers has digits that neither has. */
function roundMicros(millis: number): number {
  return Math.round(millis * 1000) / 1000
}
