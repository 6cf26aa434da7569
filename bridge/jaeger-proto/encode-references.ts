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
 * Source: opentelemetry-collector-contrib, pkg/translator/jaeger, traces_to_jaegerproto.go.
 */
export function referencesOf(span: Span): ReferenceList {
  const references: Reference[] = []
  const warnings: string[] = []
  const { parentSpanId } = span
  if (parentSpanId !== undefined) {
    const { traceId } = span
    references.push({
      traceId,
      spanId: parentSpanId,
      type: ReferenceType.childOf,
      unknown: undefined,
    })
  }
  for (const link of span.links) {
    const reference = referenceOf(link)
    if (reference === undefined) warnings.push(lengthWarning(link))
    else if (parentSpanId !== undefined && isParent(reference, span)) references[0] = reference
    else references.push(reference)
  }
  return { references, warnings }
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

function isParent(reference: Reference, span: Span): boolean {
  return (
    span.parentSpanId !== undefined &&
    Buffer.compare(reference.spanId, span.parentSpanId) === 0 &&
    Buffer.compare(reference.traceId, span.traceId) === 0
  )
}

function lengthWarning(link: SpanLink): string {
  return (
    `Span link left out: trace id has ${link.traceId.length} bytes, must be ${traceIdLength}; ` +
    `span id has ${link.spanId.length}, must be ${spanIdLength}`
  )
}
