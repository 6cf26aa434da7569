import { unknownInGroups } from '../model/count-unknown.ts'
import { hexOf } from '../model/identifier.ts'
import type { Losses } from '../model/losses.ts'
import { LossCounter } from '../model/losses.ts'
import type { AnyValue, KeyValue, Span, SpanGroup } from '../model/span.ts'
import { SpanKind, StatusCode } from '../model/span.ts'
import { serviceNameKey } from '../repair/service-name.ts'
import type { Meaning } from './attribute-meaning.ts'
import { isOfResource, meaningIn } from './attribute-meaning.ts'
import { findDetails } from './details-text.ts'
import { eventText, serviceNameKeyOf } from './encode-json.ts'
import type { Tags } from './own-tags.ts'
import { hasNoErrorTag, linkText, ownTags, scopeTags } from './own-tags.ts'
import { microsMax } from './span-parts.ts'
import { TagName } from './tag-names.ts'
import { tagText } from './tag-text.ts'

/** What Zipkin's spans have no place for; README.md says more of each. */
export const zipkinLosses = [
  /** An attribute whose value comes back as one of another type, mostly a text. */
  'attribute_type',
  /** An attribute of a span whose key means something to Zipkin's readers: it comes back as that. */
  'attribute_meaning',
  /** An event or link whose attributes come back as text: too deep, or behind too much that looks like attributes. */
  'attributes_text',
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
  /** A span or event with a time over 2^53 - 1 µs, the year 2255, or a duration as long. */
  'time_range',
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
    const name = nameKeyOf(resource?.attributes ?? [])
    const isBack = (key: string) => key === serviceNameKey || key === name || isOfResource(key)
    const strange = (resource?.attributes ?? []).filter(({ key }) => !isBack(key))
    lost.add('attribute_owner', strange.length + (scope?.attributes.length ?? 0))
    countTypes(lost, shared)
    const ofScope = scopeTags(scope)
    lost.add('replaced_attribute', countReplaced(shared, ofScope))
    for (const span of group.spans) {
      const meaning = meaningIn({ ...group, spans: [span] })
      countSpan(lost, span, shared)
      countTypes(lost, span.attributes, meaning)
      lost.add('replaced_attribute', countReplacedIn(span, shared))
      lost.add('replaced_attribute', countInPlaceOfScope(span.attributes, ofScope, meaning))
      lost.add('attribute_meaning', countMeaning(meaning, span, ofScope))
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
  // The end is no field of Zipkin's: the duration may reach beyond.
  if (span.startUnixNano > nanoMax || span.endUnixNano - span.startUnixNano > nanoMax) {
    lost.add('time_range')
  }
  const keys = new Set([...shared, ...span.attributes].map(({ key }) => key))
  lost.add('shadowed_attribute', shared.length + span.attributes.length - keys.size)
  for (const event of span.events) {
    const { timeUnixNano, name, attributes } = event
    if (timeUnixNano % 1000n !== 0n) lost.add('nanoseconds')
    if (timeUnixNano > nanoMax) lost.add('time_range')
    const isBack = mayBeText(name, attributes) ? isReadBack(eventText(event), name) : true
    if (isBack) countJsonTypes(lost, attributes)
    else lost.add('attributes_text')
  }
  for (const link of span.links) {
    const { flags, traceState, attributes } = link
    if (flags !== 0) lost.add('link_flags')
    const before = `${hexOf(link.traceId)}|${hexOf(link.spanId)}|${traceState}`
    const isBack = mayBeText(traceState, attributes) ? isReadBack(linkText(link), before) : true
    if (isBack) countJsonTypes(lost, attributes)
    else lost.add('attributes_text')
  }
}

/** Whether it has to be looked at whether attributes behind a text are found again. */
function mayBeText(before: string, attributes: readonly KeyValue[]): boolean {
  const isNested = ({ value }: KeyValue) => value?.kind === 'array' || value?.kind === 'kvlist'
  return before.includes('|{') || attributes.some(isNested)
}

/** Whether readers find what is behind `before` in a text, if there is anything. */
function isReadBack(text: string, before: string): boolean {
  // Bars of a link's ids come first, and no brace is behind them.
  return text === before || findDetails(Buffer.from(text), 0)?.at === Buffer.byteLength(before)
}

function nameKeyOf(attributes: readonly KeyValue[]): string | undefined {
  const texts = attributes.map(({ key, value }) => [key, tagText(value)] as const)
  return serviceNameKeyOf(new Map(texts))
}

/** Attributes that are not to be seen beside these tags. */
function countReplaced(attributes: readonly KeyValue[], tags: Tags): number {
  return attributes.filter(({ key, value }) => {
    const tag = tags.get(key)
    return tag !== undefined && tag !== tagText(value)
  }).length
}

/** The same of a span; `error` is the attribute's text where the span failed, and else no tag. */
function countReplacedIn(span: Span, shared: readonly KeyValue[]): number {
  const all = [...shared, ...span.attributes]
  const others = all.filter(({ key }) => key !== TagName.error)
  const lostErrors = hasNoErrorTag(span) ? all.length - others.length : 0
  return countReplaced(others, ownTags(span)) + lostErrors
}

/** Attributes of a span that stand where its scope is said: they or the scope do not come back. */
function countInPlaceOfScope(
  attributes: readonly KeyValue[],
  ofScope: Tags,
  { others, isScopeBack }: Meaning,
): number {
  const inPlace = attributes.filter(({ key }) => !isScopeBack || others.has(key))
  return countReplaced(inPlace, ofScope)
}

/** But for those in whose place there is another tag, which count already or say the same. */
function countMeaning({ others }: Meaning, span: Span, ofScope: Tags): number {
  const own = ownTags(span)
  const isOther = (key: string) => !own.has(key) && !ofScope.has(key)
  const keys = [...others].filter(isOther)
  return keys.filter((key) => key !== TagName.error || !hasNoErrorTag(span)).length
}

/** All that are no texts, but for those that Zipkin has a field for. */
function countTypes(
  lost: LossCounter<ZipkinLoss>,
  attributes: readonly KeyValue[],
  meaning?: Meaning,
): void {
  const isOther = ({ key, value }: KeyValue) =>
    value?.kind === 'string' ? meaning?.typed.has(key) : meaning?.kept.has(key) !== true
  lost.add('attribute_type', attributes.filter(isOther).length)
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
      return (
        new Set(value.value.map(({ key }) => key)).size === value.value.length &&
        value.value.every((entry) => isSameInJson(entry.value))
      )
    default:
      return true
  }
}

/** What is rounded to `microsMax`. */
const nanoMax = BigInt(microsMax) * 1000n + 499n

function isInt64(value: number): boolean {
  return Number.isInteger(value) && Math.abs(value) < 2 ** 63
}

function countDropped(
  lost: LossCounter<ZipkinLoss>,
  ...counts: readonly (number | undefined)[]
): void {
  for (const count of counts) if (count !== undefined && count > 0) lost.add('dropped_count')
}
