import type { JaegerJsonLoss } from '../../../bridge/jaeger-json/count-losses.ts'
import { lostInJaegerJson, lostInJaegerThrift } from '../../../bridge/jaeger-json/count-losses.ts'
import type { JaegerLoss } from '../../../bridge/jaeger-proto/count-losses.ts'
import { jaegerLosses, lostInJaeger } from '../../../bridge/jaeger-proto/count-losses.ts'
import { jsonText } from '../../../bridge/model/json-text.ts'
import type { Losses } from '../../../bridge/model/losses.ts'
import type { KeyValue, Span, SpanEvent, SpanGroup, SpanLink } from '../../../bridge/model/span.ts'
import { warningsKey } from '../../../bridge/repair/warnings.ts'
import { lostInZipkin } from '../../../bridge/zipkin/count-losses.ts'
import type { InputName } from '../../../src/cli/formats/format-names.ts'
import type { OneSpan } from './change-span.ts'
import { text, withAttributes, withLinks, withSpan } from './change-span.ts'
import { movedInZipkin, zipkinWithout } from './zipkin-losses.ts'

/** What a format loses: the one table that round trips, counters and READMEs are held to. */
export interface FormatLosses {
  /** What a span is after it was written in the format and read again. */
  readonly without: Readonly<Partial<Record<string, (group: OneSpan) => OneSpan>>>
  /** What becomes of it that is no loss: another place for the same. */
  readonly moved: (group: OneSpan) => OneSpan
  /** The format's own counter. */
  readonly count: (groups: readonly SpanGroup[]) => Losses
  /** Where the table for people is. */
  readonly readme: string
}

const jaegerWithout: Readonly<Record<JaegerLoss, (group: OneSpan) => OneSpan>> = {
  attribute_type: (group) => {
    const before = group.spans[0].attributes
    return withSpan(withAttributes(group, asText), ({ attributes }) => ({
      attributes: attributes.map((one, at) =>
        one.key === warningsKey ? (before[at] as KeyValue) : one,
      ),
    }))
  },
  // The generator has none of these: test/bridge/jaeger-proto/count-losses.test.ts.
  attribute_meaning: (group) => group,
  time_range: (group) => group,
  dropped_count: (group) => ({
    ...group,
    resource: group.resource && { ...group.resource, droppedAttributesCount: 0 },
    scope: group.scope && { ...group.scope, droppedAttributesCount: 0 },
    spans: [
      {
        ...group.spans[0],
        droppedAttributesCount: 0,
        droppedEventsCount: 0,
        droppedLinksCount: 0,
        events: group.spans[0].events.map((event) => ({ ...event, droppedAttributesCount: 0 })),
        links: group.spans[0].links.map((link) => ({ ...link, droppedAttributesCount: 0 })),
      },
    ],
  }),
  flags: (group) => withSpan(group, ({ flags }) => ({ flags: flags & 1 })),
  kind: (group) => withSpan(group, ({ kind }) => ({ kind: kind > 5 ? 0 : kind })),
  // No link of the generator has such ids: test/bridge/jaeger-proto/encode-chunks.test.ts.
  link: (group) => group,
  link_detail: (group) =>
    withLinks(group, (link) => ({
      ...link,
      traceState: '',
      flags: 0,
      attributes: link.attributes.filter(({ key }) => key === refType),
    })),
  parent_link: (group) =>
    withSpan(group, (span) => {
      const last = span.links.findLast((link) => isToParent(span, link))
      const kept = last !== undefined && typeOf(last) !== 'child_of' ? last : undefined
      return { links: span.links.filter((link) => link === kept || !isToParent(span, link)) }
    }),
  schema_url: (group) => ({ ...group, resourceSchemaUrl: '', scopeSchemaUrl: '' }),
  scope_attribute: (group) => ({
    ...group,
    scope: group.scope && { ...group.scope, attributes: [] },
  }),
  status: (group) =>
    withSpan(group, ({ status, attributes }) => {
      const message = status?.message ?? ''
      if (status === undefined || status.code !== 0 || message === '') return {}
      // The tag that holds the text has a meaning only beside a code.
      return {
        status: undefined,
        attributes: [...attributes, text('otel.status_description', message)],
      }
    }),
  // The generator makes none: test/bridge/jaeger-proto/exchange-unknown.test.ts.
  unknown_fields: (group) => group,
}

const jsonWithout: Readonly<Record<JaegerJsonLoss, (group: OneSpan) => OneSpan>> = {
  ...jaegerWithout,
  nanoseconds: (group) =>
    withSpan(group, ({ startUnixNano, endUnixNano, events }) => {
      const start = startUnixNano - (startUnixNano % 1000n)
      const duration = endUnixNano - startUnixNano
      return {
        startUnixNano: start,
        endUnixNano: start + duration - (duration % 1000n),
        events: events.map((event) => ({
          ...event,
          timeUnixNano: event.timeUnixNano - (event.timeUnixNano % 1000n),
        })),
      }
    }),
}

function asText({ key, value }: KeyValue): KeyValue {
  if (value === undefined || value.kind === 'empty') return text(key, '')
  const isNested = value.kind === 'array' || value.kind === 'kvlist'
  return isNested ? text(key, jsonText(value)) : { key, value }
}

/** An empty status is none, and a link says which kind it is. */
function movedInJaeger(group: OneSpan): OneSpan {
  const linked = withLinks(group, (link) =>
    typeOf(link) === undefined
      ? { ...link, attributes: [text(refType, 'follows_from'), ...link.attributes] }
      : link,
  )
  const named = withSpan(parentFirst(linked), ({ events }) => ({
    events: events.map(namedByField),
  }))
  return withSpan(named, ({ status }) =>
    status?.code === 0 && status.message === '' ? { status: undefined } : {},
  )
}

/** The last attribute `event` that says the name, or is the only one to say any, is no more than the name. */
function namedByField(event: SpanEvent): SpanEvent {
  const at = event.attributes.findLastIndex(({ key }) => key === 'event')
  const value = event.attributes[at]?.value
  const said = value?.kind === 'string' || value?.kind === 'int' ? String(value.value) : ''
  if (at < 0 || (event.name !== '' && event.name !== said)) return event
  const isAlone = event.attributes.filter(({ key }) => key === 'event').length === 1
  const isTaken =
    value?.kind === 'string' && said !== '' && (isAlone || at === event.attributes.length - 1)
  return {
    ...event,
    name: said,
    attributes: isTaken ? event.attributes.toSpliced(at, 1) : event.attributes,
  }
}

/** The parent is the first reference, and a link to it says of which type that is. */
function parentFirst(group: OneSpan): OneSpan {
  return withSpan(group, (span) => ({
    links: [
      ...span.links.filter((link) => isToParent(span, link)),
      ...span.links.filter((link) => !isToParent(span, link)),
    ],
  }))
}

const zipkin: FormatLosses = {
  without: zipkinWithout,
  moved: movedInZipkin,
  count: lostInZipkin,
  readme: 'zipkin',
}

/** By format, but for those that are only read; one that loses nothing has an empty list. */
export const formatLosses: Readonly<
  Record<Exclude<InputName, 'zipkin_v1_json' | 'zipkin_thrift'>, FormatLosses>
> = {
  otlp_proto: { without: {}, moved: (group) => group, count: () => new Map(), readme: 'otlp' },
  otlp_json: { without: {}, moved: (group) => group, count: () => new Map(), readme: 'otlp' },
  jaeger_proto: {
    without: jaegerWithout,
    moved: movedInJaeger,
    count: lostInJaeger,
    readme: 'jaeger-proto',
  },
  jaeger_thrift: {
    // Warnings too are text.
    without: { ...jsonWithout, attribute_type: (group) => withAttributes(group, asText) },
    moved: movedInJaeger,
    count: lostInJaegerThrift,
    readme: 'jaeger-json',
  },
  jaeger_ui_json: {
    without: jsonWithout,
    moved: movedInJaeger,
    count: lostInJaegerJson,
    readme: 'jaeger-json',
  },
  zipkin_json: zipkin,
  zipkin_proto: zipkin,
}

/** Kinds of loss that the counters of Jaeger's formats know. */
export const jaegerKinds: readonly string[] = jaegerLosses

const refType = 'opentracing.ref_type'

function typeOf(link: SpanLink): string | undefined {
  const value = link.attributes.find(({ key }) => key === refType)?.value
  return value?.kind === 'string' ? value.value : undefined
}

function isToParent({ parentSpanId, traceId }: Span, link: SpanLink): boolean {
  return (
    parentSpanId !== undefined &&
    Buffer.compare(parentSpanId, link.spanId) === 0 &&
    Buffer.compare(traceId, link.traceId) === 0
  )
}
