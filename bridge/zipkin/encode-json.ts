import { hexOf, shortTraceIdText } from '../model/identifier.ts'
import { noServiceName } from '../model/no-service-name.ts'
import type { KeyValue, Resource, Scope, Span, SpanEvent, SpanGroup } from '../model/span.ts'
import { SpanKind } from '../model/span.ts'
import { takeLocalEndpoint, takeRemoteEndpoint } from './endpoints.ts'
import { hasNoErrorTag, ownTags, scopeTags } from './own-tags.ts'
import { AttributeName, TagName } from './tag-names.ts'
import { attributesText, tagText } from './tag-text.ts'
import type { ZipkinAnnotation, ZipkinSpan } from './zipkin-span.ts'

/**
 * Model -> spans of Zipkin's v2 API, as POST /api/v2/spans takes them; what is lost is in README.md.
 *
 * Source: OpenTelemetry specification, trace/sdk_exporters/zipkin.md; opentelemetry-collector-contrib
 * v0.155.0, pkg/translator/zipkin/zipkinv2; rounding as zipkin-go 0.4.3.
 */
export function zipkinSpansOf(groups: readonly SpanGroup[]): ZipkinSpan[] {
  return groups.flatMap(({ resource, scope, spans }) => {
    const { serviceName, tags } = sharedTags(resource, scope)
    return spans.map((span) => zipkinSpan(span, serviceName, tags))
  })
}

/** Where a resource has no `service.name`, the next of these names it. */
const serviceNameKeys = [
  'service.name',
  'faas.name',
  'k8s.deployment.name',
  'process.executable.name',
] as const

/** What the spans of a group have in common. */
function sharedTags(
  resource: Resource | undefined,
  scope: Scope | undefined,
): { readonly serviceName: string; readonly tags: ReadonlyMap<string, string> } {
  const tags = new Map<string, string>()
  addTags(tags, resource?.attributes ?? [])
  const key = serviceNameKeys.find((one) => tags.has(one))
  const serviceName = key === undefined ? noServiceName : (tags.get(key) ?? '')
  if (key !== undefined) tags.delete(key)
  if (key !== undefined && key !== 'service.name') tags.set(TagName.serviceNameSource, key)
  addTags(tags, scope?.attributes ?? [])
  for (const [name, text] of scopeTags(scope)) tags.set(name, text)
  return { serviceName, tags }
}

function zipkinSpan(
  span: Span,
  serviceName: string,
  shared: ReadonlyMap<string, string>,
): ZipkinSpan {
  const tags = new Map(shared)
  addTags(tags, span.attributes)
  const httpStatus = tags.get('http.response.status_code')
  if (httpStatus !== undefined && !tags.has('http.status_code')) {
    tags.set('http.status_code', httpStatus)
  }
  const isShared = takeTrue(tags, AttributeName.shared)
  const isDebug = takeTrue(tags, AttributeName.debug)
  // That there is no timestamp says it.
  if (span.startUnixNano === 0n) takeTrue(tags, AttributeName.startAbsent)
  const localEndpoint = takeLocalEndpoint(tags, serviceName)
  const remoteEndpoint = takeRemoteEndpoint(tags)
  if (hasNoErrorTag(span)) tags.delete(TagName.error)
  for (const [key, text] of ownTags(span)) tags.set(key, text)
  const kind = kinds.get(span.kind)
  const duration = roundedDuration(span)
  const timestamp = roundedMicros(span.startUnixNano)
  return {
    traceId: shortTraceIdText(span.traceId),
    id: hexOf(span.spanId),
    ...(span.parentSpanId === undefined ? {} : { parentId: hexOf(span.parentSpanId) }),
    ...(span.name === '' ? {} : { name: span.name }),
    ...(kind === undefined ? {} : { kind }),
    // To Zipkin 0 is unknown.
    ...(timestamp === 0 ? {} : { timestamp }),
    ...(duration === undefined ? {} : { duration }),
    ...(Object.keys(localEndpoint).length === 0 ? {} : { localEndpoint }),
    ...(remoteEndpoint === undefined ? {} : { remoteEndpoint }),
    ...(span.events.length === 0 ? {} : { annotations: span.events.map(annotationOf) }),
    ...(tags.size === 0 ? {} : { tags: Object.fromEntries(tags) }),
    ...(isDebug ? { debug: true } : {}),
    ...(isShared ? { shared: true } : {}),
  }
}

/** Takes what a Zipkin span has a field for out of the tags. */
function takeTrue(tags: Map<string, string>, key: string): boolean {
  return tags.get(key) === 'true' && tags.delete(key)
}

const kinds: ReadonlyMap<number, NonNullable<ZipkinSpan['kind']>> = new Map([
  [SpanKind.client, 'CLIENT'],
  [SpanKind.server, 'SERVER'],
  [SpanKind.producer, 'PRODUCER'],
  [SpanKind.consumer, 'CONSUMER'],
])

/** The last of equal keys counts. */
function addTags(tags: Map<string, string>, attributes: readonly KeyValue[]): void {
  for (const { key, value } of attributes) tags.set(key, tagText(value))
}

function annotationOf(event: SpanEvent): ZipkinAnnotation {
  const { name, attributes, droppedAttributesCount: dropped } = event
  const isPlain = attributes.length === 0 && dropped === 0
  return {
    timestamp: roundedMicros(event.timeUnixNano),
    value: isPlain ? name : `${name}|${attributesText(attributes)}|${dropped}`,
  }
}

function roundedMicros(nano: bigint): number {
  return Number((nano + 500n) / 1000n)
}

/** Below 1 µs is 1, as 0 is unknown. Undefined for a span without an end or one before it. */
function roundedDuration({ startUnixNano, endUnixNano }: Span): number | undefined {
  const nano = endUnixNano - startUnixNano
  if (endUnixNano === 0n || nano <= 0n) return undefined
  return Math.max(1, roundedMicros(nano))
}
