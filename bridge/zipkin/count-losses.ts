import { unknownInGroups } from '../model/count-unknown.ts'
import type { Losses } from '../model/losses.ts'
import { LossCounter } from '../model/losses.ts'
import type { KeyValue, Span, SpanGroup } from '../model/span.ts'

/** What Zipkin's spans have no place for; README.md says more of each. */
export const zipkinLosses = [
  /** An attribute that was no text, and is. */
  'attribute_type',
  /** A resource's or scope's attribute, which is a tag of each span. */
  'attribute_owner',
  /** An attribute whose key another one has too, which counts. */
  'shadowed_attribute',
  /** A count of what a resource, scope or span dropped. */
  'dropped_count',
  'flags',
  /** Flags of a link. */
  'link_flags',
  /** A span, or an event, whose times are no whole microseconds. */
  'nanoseconds',
  'schema_url',
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
  if (span.startUnixNano % 1000n !== 0n || span.endUnixNano % 1000n !== 0n) lost.add('nanoseconds')
  countTypes(lost, span.attributes)
  const keys = new Set([...shared, ...span.attributes].map(({ key }) => key))
  lost.add('shadowed_attribute', shared.length + span.attributes.length - keys.size)
  for (const { timeUnixNano, attributes } of span.events) {
    if (timeUnixNano % 1000n !== 0n) lost.add('nanoseconds')
    countTypes(lost, attributes)
  }
  for (const { flags, attributes } of span.links) {
    if (flags !== 0) lost.add('link_flags')
    countTypes(lost, attributes)
  }
}

function countTypes(lost: LossCounter<ZipkinLoss>, attributes: readonly KeyValue[]): void {
  lost.add('attribute_type', attributes.filter(({ value }) => value?.kind !== 'string').length)
}

function countDropped(
  lost: LossCounter<ZipkinLoss>,
  ...counts: readonly (number | undefined)[]
): void {
  for (const count of counts) if (count !== undefined && count > 0) lost.add('dropped_count')
}
