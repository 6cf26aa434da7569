import type { AnyValue, KeyValue, Span } from '../../../bridge/model/span.ts'
import { SpanKind, StatusCode } from '../../../bridge/model/span.ts'
import type { ZipkinLoss } from '../../../bridge/zipkin/count-losses.ts'
import { tagText } from '../../../bridge/zipkin/tag-text.ts'
import type { OneSpan } from './change-span.ts'
import { text, withLinks, withSpan } from './change-span.ts'

/** What a span is after it was written for Zipkin and read again; types first, as the counter has it. */
export const zipkinWithout: Readonly<Record<ZipkinLoss, (group: OneSpan) => OneSpan>> = {
  attribute_type: (group) => {
    const { resource, scope } = group
    const typed = withSpan(group, ({ attributes, events }) => ({
      attributes: attributes.map(asTag),
      events: events.map((event) => ({ ...event, attributes: event.attributes.map(asJson) })),
    }))
    return {
      ...withLinks(typed, (link) => ({ ...link, attributes: link.attributes.map(asJson) })),
      resource: resource && { ...resource, attributes: resource.attributes.map(asTag) },
      scope: scope && { ...scope, attributes: scope.attributes.map(asTag) },
    }
  },
  attribute_owner: (group) => {
    const { resource, scope } = group
    const ofResource = resource?.attributes ?? []
    const shared = [...ofResource.filter(isTag), ...(scope?.attributes ?? [])]
    return {
      ...withSpan(group, ({ attributes }) => ({ attributes: [...shared, ...attributes] })),
      resource: resource && {
        ...resource,
        attributes: ofResource.filter((attribute) => !isTag(attribute)),
      },
      scope: scope && { ...scope, attributes: [] },
    }
  },
  // The last one counts, in the place of the first.
  shadowed_attribute: (group) =>
    withSpan(group, ({ attributes }) => {
      const byKey = new Map(attributes.map((attribute) => [attribute.key, attribute]))
      return { attributes: [...byKey.values()] }
    }),
  dropped_count: (group) => ({
    ...withSpan(group, () => ({
      droppedAttributesCount: 0,
      droppedEventsCount: 0,
      droppedLinksCount: 0,
    })),
    resource: group.resource && { ...group.resource, droppedAttributesCount: 0 },
    scope: group.scope && { ...group.scope, droppedAttributesCount: 0 },
  }),
  flags: (group) => withSpan(group, () => ({ flags: 0 })),
  kind: (group) => withSpan(group, ({ kind }) => ({ kind: kind > 5 ? 0 : kind })),
  link_flags: (group) => withLinks(group, (link) => ({ ...link, flags: 0 })),
  // No span of the generator starts in the first microsecond of 1970.
  nanoseconds: (group) =>
    withSpan(group, ({ startUnixNano, endUnixNano, events }) => {
      const start = rounded(startUnixNano)
      const duration = endUnixNano - startUnixNano
      return {
        startUnixNano: start,
        endUnixNano: start + (duration > 0n && duration < 500n ? 1000n : rounded(duration)),
        events: events.map((event) => ({ ...event, timeUnixNano: rounded(event.timeUnixNano) })),
      }
    }),
  schema_url: (group) => ({ ...group, resourceSchemaUrl: '', scopeSchemaUrl: '' }),
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
  // The generator makes none of these, and no end before a start is taken: count-losses.test.ts and event-text.test.ts in test/bridge/zipkin.
  time_range: (group) => group,
  attributes_text: (group) => group,
  attribute_meaning: (group) => group,
  end: (group) => group,
  replaced_attribute: (group) => group,
  unknown_fields: (group) => group,
}

/** An empty status is none, attributes of events and links are JSON objects, by key, and an HTTP status has its old name too. */
export function movedInZipkin(group: OneSpan): OneSpan {
  const httpStatus = group.spans[0].attributes.findLast(
    ({ key }) => key === 'http.response.status_code',
  )
  const hasOldName = group.spans[0].attributes.some(({ key }) => key === 'http.status_code')
  const moved = withSpan(group, ({ status, events, attributes, kind }) => ({
    attributes: [
      ...attributes.filter((one) => !saysTheSame(one, { status, kind })),
      ...(httpStatus === undefined || hasOldName
        ? []
        : [text('http.status_code', tagText(httpStatus.value))]),
    ],
    status: status?.code === 0 && status.message === '' ? undefined : status,
    events: events.map((event) => ({ ...event, attributes: byKey(event.attributes) })),
  }))
  return withLinks(moved, (link) => ({ ...link, attributes: byKey(link.attributes) }))
}

/** Whether the span has a tag for it that says no less. */
function saysTheSame({ key, value }: KeyValue, { status, kind }: Pick<Span, 'status' | 'kind'>) {
  const said = tagText(value)
  if (key === 'span.kind') return kind === SpanKind.internal && said === 'internal'
  if (key === 'error') return status?.code === StatusCode.error && said === 'true'
  if (key !== 'otel.status_code') return false
  return said === ['', 'OK', 'ERROR'][status?.code ?? 0] && said !== ''
}

function isTag({ key }: KeyValue): boolean {
  return key !== 'service.name'
}

function asTag({ key, value }: KeyValue): KeyValue {
  return text(key, tagText(value))
}

function asJson({ key, value }: KeyValue): KeyValue {
  return { key, value: value && valueInJson(value) }
}

/** JSON has neither bytes nor infinities, and no doubles that are not ints too. */
function valueInJson(value: AnyValue): AnyValue {
  switch (value.kind) {
    case 'bytes':
      return { kind: 'string', value: Buffer.from(value.value).toString('base64') }
    case 'double':
      if (!Number.isFinite(value.value)) return { kind: 'string', value: String(value.value) }
      // The generator's whole doubles are -1 and one far beyond 64 bits.
      return Number.isSafeInteger(value.value) ? { kind: 'int', value: BigInt(value.value) } : value
    case 'array':
      return { kind: 'array', value: value.value.map(valueInJson) }
    case 'kvlist':
      return { kind: 'kvlist', value: value.value.map(asJson) }
    default:
      return value
  }
}

/** Equal keys stay in their order. */
function byKey(attributes: readonly KeyValue[]): KeyValue[] {
  return [...attributes].sort((a, b) => Buffer.compare(Buffer.from(a.key), Buffer.from(b.key)))
}

function rounded(nano: bigint): bigint {
  return ((nano + 500n) / 1000n) * 1000n
}
