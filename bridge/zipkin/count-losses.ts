import { unknownInGroups } from '../model/count-unknown.ts'
import type { Losses } from '../model/losses.ts'
import { LossCounter } from '../model/losses.ts'
import type { AnyValue, KeyValue, Span, SpanGroup } from '../model/span.ts'
import { SpanKind, StatusCode } from '../model/span.ts'
import type { Tags } from './own-tags.ts'
import { hasNoErrorTag, ownTags, scopeTags } from './own-tags.ts'
import { TagName } from './tag-names.ts'
import { tagText } from './tag-text.ts'

/** What Zipkin's spans have no place for; README.md says more of each. */
export const zipkinLosses = [
  /** An attribute whose value comes back as one of another type, mostly a text. */
  'attribute_type',
  /** A resource's or scope's attribute, which is a tag of each span. */
  'attribute_owner',
  /** An attribute whose key another one has too, which counts. */
  'shadowed_attribute',
  /** A count of what a resource, scope or span dropped. */
  'dropped_count',
  /** An end before the start: the span has no duration. */
  'end',
  'flags',
  /** A kind that OTLP does not have either. */
  'kind',
  /** Flags of a link. */
  'link_flags',
  /** A span, or an event, whose times are no whole microseconds. */
  'nanoseconds',
  /** An attribute that a tag of the same key, which the span itself makes, stands in the place of. */
  'replaced_attribute',
  'schema_url',
  /** The text of a status without a code, which is an attribute. */
  'status',
  /** A message's fields that this version does not know. */
  'unknown_fields',
] as const
/** One of `zipkinLosses`. */
export type ZipkinLoss = (typeof zipkinLosses)[number]

/**
 * What of these groups is not in the Zipkin spans that are written of them. What spans share counts
 * once for each group.
 */
export function lostInZipkin(groups: readonly SpanGroup[]): Losses<ZipkinLoss> {
  const lost = new LossCounter<ZipkinLoss>()
  for (const group of groups) {
    const { resource, scope } = group
    const shared = [...(resource?.attributes ?? []), ...(scope?.attributes ?? [])]
    for (const url of [group.resourceSchemaUrl, group.scopeSchemaUrl]) {
      if (url !== '') lost.add('schema_url')
    }
    countDropped(lost, resource?.droppedAttributesCount, scope?.droppedAttributesCount)
    lost.add('attribute_owner', shared.filter(({ key }) => key !== 'service.name').length)
    countTypes(lost, shared)
    const ofScope = scopeTags(scope)
    lost.add('replaced_attribute', countReplaced(shared, ofScope))
    for (const span of group.spans) {
      countSpan(lost, span, shared)
      lost.add('replaced_attribute', countReplacedIn(span, shared, ofScope))
    }
  }
  lost.add('unknown_fields', unknownInGroups(groups))
  return lost.counts
}

function countSpan(lost: LossCounter<ZipkinLoss>, span: Span, shared: readonly KeyValue[]): void {
  countDropped(lost, span.droppedAttributesCount, span.droppedEventsCount, span.droppedLinksCount)
  if (span.flags !== 0) lost.add('flags')
  if (span.kind > SpanKind.consumer) lost.add('kind')
  if (span.status?.code === StatusCode.unset && span.status.message !== '') lost.add('status')
  if (span.startUnixNano % 1000n !== 0n || span.endUnixNano % 1000n !== 0n) lost.add('nanoseconds')
  if (span.endUnixNano < span.startUnixNano) lost.add('end')
  countTypes(lost, span.attributes)
  const keys = new Set([...shared, ...span.attributes].map(({ key }) => key))
  lost.add('shadowed_attribute', shared.length + span.attributes.length - keys.size)
  for (const { timeUnixNano, attributes } of span.events) {
    if (timeUnixNano % 1000n !== 0n) lost.add('nanoseconds')
    countJsonTypes(lost, attributes)
  }
  for (const { flags, attributes } of span.links) {
    if (flags !== 0) lost.add('link_flags')
    countJsonTypes(lost, attributes)
  }
}

/** Attributes that are not to be seen beside these tags. */
function countReplaced(attributes: readonly KeyValue[], tags: Tags): number {
  return attributes.filter(({ key, value }) => {
    const tag = tags.get(key)
    return tag !== undefined && tag !== tagText(value)
  }).length
}

/** The same of a span, and what says its scope where its attributes stand in the place of that. */
function countReplacedIn(span: Span, shared: readonly KeyValue[], ofScope: Tags): number {
  const { attributes } = span
  const all = [...shared, ...attributes]
  const withoutError = hasNoErrorTag(span) ? all.filter(({ key }) => key === TagName.error) : []
  return (
    countReplaced(all, ownTags(span)) + withoutError.length + countReplaced(attributes, ofScope)
  )
}

function countTypes(lost: LossCounter<ZipkinLoss>, attributes: readonly KeyValue[]): void {
  lost.add('attribute_type', attributes.filter(({ value }) => value?.kind !== 'string').length)
}

/** Attributes of events and links are JSON, which has most types. */
function countJsonTypes(lost: LossCounter<ZipkinLoss>, attributes: readonly KeyValue[]): void {
  lost.add('attribute_type', attributes.filter(({ value }) => !isSameInJson(value)).length)
}

/** As attributes-text.ts reads them: a whole number is an int, bytes and infinities are texts. */
function isSameInJson(value: AnyValue | undefined): boolean {
  switch (value?.kind) {
    case 'bytes':
      return false
    case 'double':
      return Number.isFinite(value.value) && !isInt64(value.value)
    case 'array':
      return value.value.every(isSameInJson)
    case 'kvlist':
      return value.value.every((entry) => isSameInJson(entry.value))
    default:
      return true
  }
}

function isInt64(value: number): boolean {
  return Number.isInteger(value) && Math.abs(value) < 2 ** 63
}

function countDropped(
  lost: LossCounter<ZipkinLoss>,
  ...counts: readonly (number | undefined)[]
): void {
  for (const count of counts) if (count !== undefined && count > 0) lost.add('dropped_count')
}
