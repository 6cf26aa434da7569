import type { Json } from './json-differences.ts'

/** OTLP in JSON, as far as it is looked at here. */
export interface OtlpJson {
  readonly resourceSpans?: readonly {
    readonly resource?: { readonly attributes?: readonly Attribute[] }
    readonly scopeSpans?: readonly {
      readonly scope?: { readonly name?: string; readonly version?: string }
      readonly spans?: readonly SpanJson[]
    }[]
  }[]
}

interface Attribute {
  readonly key: string
  readonly value: Json
}

interface SpanJson {
  readonly traceId: string
  readonly spanId: string
  readonly parentSpanId?: string
  readonly name?: string
  readonly kind?: number
  readonly startTimeUnixNano?: string
  readonly endTimeUnixNano?: string
  readonly attributes?: readonly Attribute[]
  readonly events?: readonly {
    readonly name?: string
    readonly attributes?: readonly Attribute[]
  }[]
  readonly links?: readonly { readonly attributes?: readonly Attribute[] }[]
  readonly status?: { readonly code?: number; readonly message?: string }
  readonly flags?: number
}

/** A span with what its resource says of it. */
interface Comparable extends SpanJson {
  readonly service: Json
  readonly resource: readonly Attribute[]
  readonly scope: Json
}

/**
 * All spans, in the order of their ids, with their resources and scopes, attributes in the order of
 * their keys: the Collector takes them from Go's maps, and sorts spans by service.
 *
 * Resources are compared by their service alone: the Collector gives one what the first of its spans
 * says, and drops it from all others.
 */
export function comparable(otlp: OtlpJson): Json {
  const spans = spansOf(otlp).map(({ resource, ...span }) => ({
    ...span,
    attributes: sorted(withoutResourceTags(span.attributes ?? [])),
    events: (span.events ?? []).map(withSortedAttributes),
    links: (span.links ?? []).map(withSortedAttributes),
    status: { code: span.status?.code ?? 0, message: span.status?.message ?? '' },
    kind: span.kind ?? 0,
  }))
  return spans.sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1)) as unknown as Json
}

/**
 * The same of what both read alike in v1: of spans with a kind and a service, as calls and messages
 * have, who they are, tags and annotations. The Collector has other rules for the rest: it drops the
 * endpoints of addresses and makes tags of their keys, takes the first and the last annotation for the
 * span's times, `ws` and `wr` for events and status from HTTP, and names no service without a kind, or
 * a remote one; annotations without an endpoint have a meaning; tags for OpenTelemetry stay tags.
 */
export function comparableV1(otlp: OtlpJson, known: ReadonlySet<string>): Json {
  const spans = comparable(otlp) as unknown as Comparable[]
  return spans
    .filter((span) => known.has(keyOf(span)))
    .map(({ traceId, spanId, parentSpanId, name, kind, ...rest }) => ({
      ...{ traceId, spanId, parentSpanId, name, kind },
      service: rest.service,
      attributes: (rest.attributes ?? []).filter(({ key }) => !notAlike.test(key)),
      events: (rest.events ?? []).filter(({ name: event }) => event !== 'ws' && event !== 'wr'),
    })) as unknown as Json
}

/** The spans that `comparableV1` is about. */
export function callsOfV1(otlp: OtlpJson): ReadonlySet<string> {
  const spans = comparable(otlp) as unknown as Comparable[]
  return new Set(spans.filter(({ kind, service }) => kind !== 0 && service !== '').map(keyOf))
}

const notAlike = /^net|\.|^error$|^component$|^[csm]a$/

/**
 * What we read, changed to what the Collector reads of it; README.md has each difference.
 *
 * @param more attributes that it does not have
 */
export function ours(otlp: OtlpJson, more: readonly string[] = []): OtlpJson {
  const resourceSpans = (otlp.resourceSpans ?? []).map((group) => ({
    ...group,
    scopeSpans: (group.scopeSpans ?? []).map((scoped) => ({
      ...scoped,
      spans: (scoped.spans ?? []).map((span) => asTheirs(span, more)),
    })),
  }))
  return { resourceSpans }
}

function asTheirs(span: SpanJson, more: readonly string[]): SpanJson {
  const { name, attributes = [], ...rest } = span
  const kept = attributes.filter(
    ({ key }) =>
      !ownAttributes.has(key) &&
      !more.includes(key) &&
      // Whatever it says, it is gone there.
      key !== 'otel.status_code' &&
      !(key === 'span.kind' && (rest.kind ?? 0) === 0),
  )
  const shown = name === undefined || name === 'empty-span-name' ? '' : name
  return { ...rest, name: shown, attributes: kept }
}

/** The second address of an endpoint, and what the Collector does not keep. */
const ownAttributes = new Set(['zipkin.shared', 'zipkin.debug', 'net.host.ip', 'net.peer.ip'])

function spansOf({ resourceSpans = [] }: OtlpJson): Comparable[] {
  return resourceSpans.flatMap(({ resource, scopeSpans = [] }) => {
    const attributes = resource?.attributes ?? []
    const service = serviceOf(attributes)
    return scopeSpans.flatMap(({ scope, spans = [] }) =>
      spans.map((span) => ({
        ...span,
        name: span.name ?? '',
        service,
        resource: attributes,
        scope: { name: scope?.name ?? '', version: scope?.version ?? '' },
      })),
    )
  })
}

/** Without one, the Collector leaves it out, or has a name for it in v1. */
function serviceOf(attributes: readonly Attribute[]): Json {
  const value = attributes.find(({ key }) => key === 'service.name')?.value
  const text = (value as { stringValue?: string } | undefined)?.stringValue ?? ''
  return ['missing-service-name', 'unknown-service'].includes(text) ? '' : text
}

/** The Collector drops them where they are not the first span's. */
function withoutResourceTags(attributes: readonly Attribute[]): readonly Attribute[] {
  return attributes.filter(({ key }) => !['host.name', 'service.version'].includes(key))
}

function withSortedAttributes<Value extends { readonly attributes?: readonly Attribute[] }>(
  value: Value,
): Value {
  return value.attributes === undefined ? value : { ...value, attributes: sorted(value.attributes) }
}

function sorted(attributes: readonly Attribute[]): readonly Attribute[] {
  return attributes.toSorted((a, b) => (a.key < b.key ? -1 : 1))
}

function keyOf({ traceId, spanId, kind = 0 }: SpanJson): string {
  return `${traceId} ${spanId} ${kind}`
}
