import { hexOf } from '../model/identifier.ts'
import type { Scope, Span, SpanLink } from '../model/span.ts'
import { SpanKind, StatusCode } from '../model/span.ts'
import { linkPrefix, TagName } from './tag-names.ts'
import { attributesText } from './tag-text.ts'

/** Tags by key. */
export type Tags = ReadonlyMap<string, string>

/**
 * The tags of what a span has that is no attribute and has no field in Zipkin. They stand in the place
 * of attributes of their keys, but for `error`, where an attribute says more.
 *
 * Source: OpenTelemetry specification, trace/sdk_exporters/zipkin.md; opentelemetry-collector-contrib
 * v0.155.0, pkg/translator/zipkin/zipkinv2.
 */
export function ownTags({ traceState, kind, status, links }: Span): Tags {
  const tags = new Map<string, string>()
  if (traceState !== '') tags.set(TagName.traceState, traceState)
  if (kind === SpanKind.internal) tags.set(TagName.spanKind, 'internal')
  if (status?.code === StatusCode.error) tags.set(TagName.error, 'true')
  if (status !== undefined && status.message !== '') {
    tags.set(TagName.statusDescription, status.message)
  }
  if (status !== undefined && status.code !== StatusCode.unset) {
    tags.set(TagName.statusCode, status.code === StatusCode.ok ? 'OK' : 'ERROR')
  }
  for (const [at, link] of links.entries()) tags.set(`${linkPrefix}${at}`, linkText(link))
  return tags
}

/** The same of a scope, by the new names and the old ones, as the specification asks for. */
export function scopeTags(scope: Scope | undefined): Tags {
  const tags = new Map<string, string>()
  if (scope === undefined) return tags
  const { name, version } = scope
  for (const key of [TagName.scopeName, TagName.libraryName]) if (name !== '') tags.set(key, name)
  for (const key of [TagName.scopeVersion, TagName.libraryVersion]) {
    if (version !== '') tags.set(key, version)
  }
  return tags
}

/** Whether the span has no tag `error`: to Zipkin one that has it failed, whatever the tag says. */
export function hasNoErrorTag({ status }: Span): boolean {
  return status?.code !== StatusCode.error
}

/** A link as the value of its tag. */
export function linkText(link: SpanLink): string {
  const { traceId, spanId, traceState, attributes, droppedAttributesCount } = link
  return [
    hexOf(traceId),
    hexOf(spanId),
    traceState,
    attributesText(attributes),
    droppedAttributesCount,
  ].join('|')
}
