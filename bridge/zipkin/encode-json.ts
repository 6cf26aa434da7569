import { hexOf, shortTraceIdText } from '../model/identifier.ts'
import { noServiceName } from '../model/no-service-name.ts'
import type { KeyValue, Resource, Scope, Span, SpanEvent, SpanGroup } from '../model/span.ts'
import { SpanKind } from '../model/span.ts'
import { missingServiceName, serviceNameKey } from '../repair/service-name.ts'
import { findDetails } from './details-text.ts'
import { takeLocalEndpoint, takeRemoteEndpoint } from './endpoints.ts'
import { hasNoErrorTag, ownTags, scopeTags } from './own-tags.ts'
import { microsMax } from './span-parts.ts'
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

/** Where a resource has no `service.name` of its own, the first of these that it has names it. */
const serviceNameKeys = ['faas.name', 'k8s.deployment.name', 'process.executable.name'] as const

/**
 * The attribute that names a resource in Zipkin; undefined where it has none. The name that bridge/repair
 * gives to those that came without one counts only where there is no other.
 */
export function serviceNameKeyOf(tags: ReadonlyMap<string, string>): string | undefined {
  const name = tags.get(serviceNameKey)
  const other = serviceNameKeys.find((key) => (tags.get(key) ?? '') !== '')
  if (other !== undefined && (name === undefined || name === missingServiceName)) return other
  return name === undefined ? undefined : serviceNameKey
}

/** What the spans of a group have in common. */
function sharedTags(
  resource: Resource | undefined,
  scope: Scope | undefined,
): { readonly serviceName: string; readonly tags: ReadonlyMap<string, string> } {
  const tags = new Map<string, string>()
  addTags(tags, resource?.attributes ?? [])
  const key = serviceNameKeyOf(tags)
  const serviceName = key === undefined ? noServiceName : (tags.get(key) ?? '')
  if (key !== undefined) tags.delete(key)
  if (key !== undefined && key !== serviceNameKey) {
    tags.delete(serviceNameKey)
    tags.set(TagName.serviceNameSource, key)
  }
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
  const failure = tags.get(TagName.error)
  for (const [key, text] of ownTags(span)) tags.set(key, text)
  // Whatever it says the span has failed; mostly it says why.
  if (failure !== undefined) tags.set(TagName.error, failure)
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
  return { timestamp: roundedMicros(event.timeUnixNano), value: eventText(event) }
}

/** An event as the value of its annotation: its name, and the rest where there is more, or seems to be. */
export function eventText(event: SpanEvent): string {
  const { name, attributes, droppedAttributesCount: dropped } = event
  const isPlain = attributes.length === 0 && dropped === 0 && !looksLikeMore(name)
  return isPlain ? name : `${name}|${attributesText(attributes)}|${dropped}`
}

function looksLikeMore(name: string): boolean {
  return name.includes('|{') && findDetails(Buffer.from(name), 0) !== undefined
}

/** At most what a double holds exactly, which is as far as our reader goes too. */
function roundedMicros(nano: bigint): number {
  return Math.min(Number((nano + 500n) / 1000n), microsMax)
}

/** Below 1 µs is 1, as 0 is unknown. Undefined for a span without an end or one before it. */
function roundedDuration({ startUnixNano, endUnixNano }: Span): number | undefined {
  const nano = endUnixNano - startUnixNano
  if (endUnixNano === 0n || nano <= 0n) return undefined
  return Math.max(1, roundedMicros(nano))
}
