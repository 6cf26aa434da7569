import { spanIdLength, traceIdLength } from '../model/identifier.ts'
import type { Span, SpanLink } from '../model/span.ts'
import { Level, unknownToJaeger } from './exchange-unknown.ts'
import type { Reference } from './reference.ts'
import { zeroSpanId, zeroTraceId } from './reference.ts'
import { ReferenceType, ReferenceTypeText, TagName } from './tag-names.ts'

/** What is written for the parent and the links of a span. */
export interface ReferenceList {
  readonly references: readonly Reference[]
  /** Links that no reference can hold, told in words. */
  readonly warnings: readonly string[]
}

/**
 * Parent and links -> SpanRef[].
 *
 * The parent is first, as CHILD_OF: readers look there. A link is FOLLOWS_FROM unless its attribute
 * `opentracing.ref_type` is `child_of`; a link to the parent adds none and only decides the type of
 * the first. Absent ids are all zero. A link with ids of another length cannot be written, as a peer
 * would refuse the whole message; a warning says so. The other attributes of a link, its trace
 * state, flags and dropped attributes count have no place.
 *
 * A link into the span's own trace would be read as its parent where nothing else is. So a root that has
 * one gets a CHILD_OF with the span id 0 before it, which is none, and a parent that is only followed is
 * named as CHILD_OF as well when a link is one.
 *
 * Source: opentelemetry-collector-contrib, pkg/translator/jaeger, traces_to_jaegerproto.go, but for
 * the last; jaeger-idl, model/v1/span.go (ParentSpanID).
 */
export function referencesOf(span: Span): ReferenceList {
  const { traceId, links } = span
  const warnings: string[] = []
  const others: Reference[] = []
  const parent: Reference = {
    traceId,
    spanId: span.parentSpanId ?? zeroSpanId,
    type: ReferenceType.childOf,
    unknown: undefined,
  }
  let toParent: Reference | undefined
  for (const link of links) {
    const reference = referenceOf(link)
    if (reference === undefined) warnings.push(lengthWarning(link))
    else if (isSame(reference, parent)) toParent = reference
    else others.push(reference)
  }
  const ownTrace = others.filter((other) => Buffer.compare(other.traceId, traceId) === 0)
  const isChild = (reference: Reference) => reference.type === ReferenceType.childOf
  const first = span.parentSpanId !== undefined || ownTrace.length > 0 ? [parent] : []
  if (toParent === undefined) return { references: [...first, ...others], warnings }
  const isEnough = isChild(toParent) || !ownTrace.some(isChild)
  return { references: [...(isEnough ? [] : [parent]), toParent, ...others], warnings }
}

function referenceOf(link: SpanLink): Reference | undefined {
  const traceId = link.traceId.length === 0 ? zeroTraceId : link.traceId
  const spanId = link.spanId.length === 0 ? zeroSpanId : link.spanId
  if (traceId.length !== traceIdLength || spanId.length !== spanIdLength) return undefined
  return { traceId, spanId, type: typeOf(link), unknown: unknownToJaeger(link.unknown, Level.link) }
}

function typeOf(link: SpanLink): number {
  const value = link.attributes.findLast(({ key }) => key === TagName.referenceType)?.value
  return value?.kind === 'string' && value.value === ReferenceTypeText.childOf
    ? ReferenceType.childOf
    : ReferenceType.followsFrom
}

function isSame(one: Reference, other: Reference): boolean {
  return (
    Buffer.compare(one.spanId, other.spanId) === 0 &&
    Buffer.compare(one.traceId, other.traceId) === 0
  )
}

function lengthWarning(link: SpanLink): string {
  return (
    `Span link left out: trace id has ${link.traceId.length} bytes, must be ${traceIdLength}; ` +
    `span id has ${link.spanId.length}, must be ${spanIdLength}`
  )
}
