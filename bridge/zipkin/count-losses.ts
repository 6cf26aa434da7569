import { unknownInGroups } from '../model/count-unknown.ts'
import type { Losses } from '../model/losses.ts'
import { LossCounter } from '../model/losses.ts'
import type { AnyValue, KeyValue, Span, SpanGroup } from '../model/span.ts'
import { SpanKind, StatusCode } from '../model/span.ts'

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
  'flags',
  /** A kind that OTLP does not have either. */
  'kind',
  /** Flags of a link. */
  'link_flags',
  /** A span, or an event, whose times are no whole microseconds. */
  'nanoseconds',
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
    for (const span of group.spans) countSpan(lost, span, shared)
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
