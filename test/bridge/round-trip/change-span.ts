import type { KeyValue, Span, SpanGroup, SpanLink } from '../../../bridge/model/span.ts'

/** A group of one span, so that spans are compared each by itself. */
export type OneSpan = SpanGroup & { readonly spans: readonly [Span] }

/** An attribute that is a text. */
export function text(key: string, value: string): KeyValue {
  return { key, value: { kind: 'string', value } }
}

/** The span with other fields. */
export function withSpan(group: OneSpan, change: (span: Span) => Partial<Span>): OneSpan {
  const [span] = group.spans
  return { ...group, spans: [{ ...span, ...change(span) }] }
}

/** Each link changed. */
export function withLinks(group: OneSpan, change: (link: SpanLink) => SpanLink): OneSpan {
  return withSpan(group, ({ links }) => ({ links: links.map(change) }))
}

/** Attributes of the resource, the span and its events. */
export function withAttributes(group: OneSpan, change: (one: KeyValue) => KeyValue): OneSpan {
  const changed = withSpan(group, ({ attributes, events }) => ({
    attributes: attributes.map(change),
    events: events.map((event) => ({ ...event, attributes: event.attributes.map(change) })),
  }))
  const { resource } = changed
  return {
    ...changed,
    resource: resource && { ...resource, attributes: resource.attributes.map(change) },
  }
}
