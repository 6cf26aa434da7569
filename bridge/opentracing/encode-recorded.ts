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
    if (hasEvent && name !== '' && fields[SpecialTag.event] !== name) losses.add('event_names')
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

/**
 * The parent is CHILD_OF, unless links to it say what it is; a CHILD_OF link alone says no more than the parent.
 * A parent that is only followed is named as CHILD_OF too where another link of its trace is one, which would
 * be read as the parent.
 */
function referencesOf(
  { traceId, parentSpanId, links }: Span,
  losses: RecordedLosses,
): readonly RecordedReference[] {
  const references: RecordedReference[] = []
  const toParentReferences: RecordedReference[] = []
  const others: RecordedReference[] = []
  const trace = hexOf(traceId)
  const parent = parentSpanId === undefined ? undefined : hexOf(parentSpanId)
  const ofTrace = links.filter((link) => hexOf(link.traceId) === trace)
  const toParent = ofTrace.filter((link) => hexOf(link.spanId) === parent)
  const isChild = (link: SpanLink) => referenceType(link) === 'child_of'
  const isFollowed = toParent.some((link) => !isChild(link))
  if (parent === undefined) losses.add('parents', Number(ofTrace.length > 0))
  else if (!toParent.some(isChild) && (!isFollowed || ofTrace.some(isChild))) {
    references.push({ type: 'child_of', traceId: trace, uuid: parent })
  }
  if (!isFollowed) losses.add('parent_links', Number(toParent.length > 0))
  for (const link of links) {
    const details = link.attributes.filter(({ key }) => key !== SpecialTag.refType)
    const hasParts = details.length > 0 || link.traceState !== '' || link.flags !== 0
    if (hasParts) losses.add('link_parts')
    losses.add('dropped_counts', Number(link.droppedAttributesCount > 0))
    if (link.unknown !== undefined) losses.add('unknown_fields')
    // The parent is first, of whatever type.
    const reference = {
      type: referenceType(link),
      traceId: hexOf(link.traceId),
      uuid: hexOf(link.spanId),
    }
    if (toParent.includes(link)) toParentReferences.push(reference)
    else others.push(reference)
  }
  return [...references, ...toParentReferences, ...others]
}

function referenceType({ attributes }: SpanLink): RecordedReference['type'] {
  const value = attributes.find(({ key }) => key === SpecialTag.refType)?.value
  return value?.kind === 'string' && value.value === 'child_of' ? 'child_of' : 'follows_from'
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
      losses.add('value_types')
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
      // A whole number of JSON is read as an int.
      if (Number.isSafeInteger(value.value)) losses.add('number_types')
      if (Number.isFinite(value.value)) return value.value
      losses.add('unwritable_numbers')
      return String(value.value)
    case 'bytes':
      losses.add('value_types')
      return hexOf(value.value)
    case 'array':
    case 'kvlist':
      losses.add('value_types')
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
