import { unknownAround, unknownInValues } from '../model/count-unknown.ts'
import { spanIdLength, traceIdLength } from '../model/identifier.ts'
import type { Losses } from '../model/losses.ts'
import { LossCounter } from '../model/losses.ts'
import type { KeyValue, Scope, Span, SpanGroup, SpanLink, Status } from '../model/span.ts'
import { SpanKind, StatusCode } from '../model/span.ts'
import { meaningIn, renamedIn } from './attribute-meaning.ts'
import { jaegerDurationNano } from './jaeger-parts.ts'
import { nanoMax } from './read-time.ts'
import { zeroSpanId } from './reference.ts'
import { ReferenceTypeText, sampledFlag, TagName } from './tag-names.ts'

/** What Jaeger's spans have no place for; README.md says more of each. */
export const jaegerLosses = [
  /** An attribute that was a list, a map or empty, and is text. */
  'attribute_type',
  /** An attribute whose key means something to Jaeger: it comes back as that, or says something else of the span. */
  'attribute_meaning',
  /** A count of dropped attributes, events or links. */
  'dropped_count',
  /** Flags of a span besides bit 0. */
  'flags',
  /** A kind that is none of the five. */
  'kind',
  /** A link whose ids have no valid length; a warning of the span tells it. */
  'link',
  /** A link's attributes besides `opentracing.ref_type`, its trace state or flags. */
  'link_detail',
  /** A link to the parent, or of a root to span 0 of its trace: it only decides the reference's type, so the last one stays, if it is no CHILD_OF. */
  'parent_link',
  'schema_url',
  'scope_attribute',
  /** A status that says UNSET and has a text, which is a tag; or a code that is none of the three. */
  'status',
  /** A time after April 2262, or a duration as long, that Jaeger's readers cannot hold. */
  'time_range',
  /** A message's fields that this version does not know. */
  'unknown_fields',
] as const
/** One of `jaegerLosses`. */
export type JaegerLoss = (typeof jaegerLosses)[number]

/**
 * What of these groups is not in the Jaeger spans that are written of them. An attribute or a link counts
 * as one, whatever it holds; what spans share counts once for each group.
 */
export function lostInJaeger(groups: readonly SpanGroup[]): Losses<JaegerLoss> {
  const lost = new LossCounter<JaegerLoss>()
  for (const group of groups) countGroup(lost, group)
  return lost.counts
}

function countGroup(lost: LossCounter<JaegerLoss>, group: SpanGroup): void {
  const { resource, scope } = group
  for (const url of [group.resourceSchemaUrl, group.scopeSchemaUrl]) {
    if (url !== '') lost.add('schema_url')
  }
  lost.add('scope_attribute', scope?.attributes.length ?? 0)
  lost.add('unknown_fields', unknownAround(group))
  countDropped(lost, resource?.droppedAttributesCount, scope?.droppedAttributesCount)
  countAttributes(lost, resource?.attributes ?? [])
  lost.add('attribute_meaning', resource === undefined ? 0 : renamedIn(resource))
  for (const span of group.spans) countSpan(lost, span, scope)
}

function countSpan(lost: LossCounter<JaegerLoss>, span: Span, scope: Scope | undefined): void {
  const { droppedAttributesCount, droppedEventsCount, droppedLinksCount, kind, status } = span
  countDropped(lost, droppedAttributesCount, droppedEventsCount, droppedLinksCount)
  if ((span.flags & ~sampledFlag) !== 0) lost.add('flags')
  if (kind < SpanKind.unspecified || kind > SpanKind.consumer) lost.add('kind')
  if (status !== undefined && !hasPlace(status)) lost.add('status')
  if (status?.unknown !== undefined) lost.add('unknown_fields')
  countAttributes(lost, span.attributes, warningsIn(span))
  lost.add('attribute_meaning', meaningIn(span, scope))
  if (!isInRange(span)) lost.add('time_range')
  for (const event of span.events) {
    if (event.timeUnixNano > nanoMax) lost.add('time_range')
    countDropped(lost, event.droppedAttributesCount)
    countAttributes(lost, event.attributes)
  }
  for (const link of span.links) countLink(lost, link)
  const toParent = span.links.filter((link) => isParent(span, link))
  const last = toParent.at(-1)
  const isKept = last !== undefined && !isChildOf(last)
  lost.add('parent_link', toParent.length - (isKept ? 1 : 0))
}

/** Whether tags say the same: an empty status is as good as none. */
function hasPlace({ code, message }: Status): boolean {
  if (code === StatusCode.unset) return message === ''
  return code === StatusCode.ok || code === StatusCode.error
}

function countLink(lost: LossCounter<JaegerLoss>, link: SpanLink): void {
  const { traceId, spanId } = link
  // Absent ids are written as zeros.
  const isOdd =
    ![0, traceIdLength].includes(traceId.length) || ![0, spanIdLength].includes(spanId.length)
  if (isOdd) {
    lost.add('link')
    return
  }
  countDropped(lost, link.droppedAttributesCount)
  const others = link.attributes.filter(({ key }) => key !== TagName.referenceType)
  if (others.length > 0 || link.traceState !== '' || link.flags !== 0) lost.add('link_detail')
  lost.add('unknown_fields', unknownInValues(link.attributes))
}

function isChildOf({ attributes }: SpanLink): boolean {
  const value = attributes.findLast(({ key }) => key === TagName.referenceType)?.value
  return value?.kind === 'string' && value.value === ReferenceTypeText.childOf
}

function isParent({ parentSpanId = zeroSpanId, traceId }: Span, link: SpanLink): boolean {
  const spanId = link.spanId.length === 0 ? zeroSpanId : link.spanId
  return Buffer.compare(parentSpanId, spanId) === 0 && Buffer.compare(traceId, link.traceId) === 0
}

/** Whether readers hold both times, and what is between them is written. */
function isInRange(span: Span): boolean {
  const { startUnixNano, endUnixNano } = span
  if (startUnixNano > nanoMax || endUnixNano > nanoMax) return false
  return jaegerDurationNano(span) === endUnixNano - startUnixNano
}

function countAttributes(
  lost: LossCounter<JaegerLoss>,
  attributes: readonly KeyValue[],
  kept?: KeyValue,
): void {
  for (const attribute of attributes) {
    const kind = attribute.value?.kind ?? 'empty'
    if (attribute === kept) continue
    if (kind === 'array' || kind === 'kvlist' || kind === 'empty') lost.add('attribute_type')
  }
  lost.add('unknown_fields', unknownInValues(attributes))
}

/** The attribute of a span that is a list of Jaeger's warnings, and becomes warnings again: only the last of that key can be it. */
export function warningsIn({ attributes }: Span): KeyValue | undefined {
  const last = attributes.findLast(({ key }) => key === TagName.warnings)
  if (last?.value?.kind !== 'array') return undefined
  return last.value.value.every(({ kind }) => kind === 'string') ? last : undefined
}

function countDropped(
  lost: LossCounter<JaegerLoss>,
  ...counts: readonly (number | undefined)[]
): void {
  for (const count of counts) if (count !== undefined && count > 0) lost.add('dropped_count')
}
