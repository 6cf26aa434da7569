import type { Attributes, Context, HrTime, Link } from '@opentelemetry/api'
import { isSpanContextValid, propagation, ROOT_CONTEXT, SpanKind, trace } from '@opentelemetry/api'
import type { Reference } from 'opentracing'
import { REFERENCE_CHILD_OF, Tags } from 'opentracing'
import { isTracingSuppressed, suppressTracing } from '../propagation/suppress-tracing.ts'
import { debugRootAttributes, withDebug } from '../propagation/text-map-propagator.ts'
import { isErrorTag } from './bridge-span.ts'
import { BridgeSpanContext, unitedBaggage } from './bridge-span-context.ts'
import type { OpenTracingLosses } from './loss.ts'
import { attempt, entriesOf, numberOf, textOf } from './odd-values.ts'
import { attributesOf, timeOf } from './tag-value.ts'

/** A program's options, of which nothing throws when it is read. */
export interface GivenOptions {
  readonly tags: ReadonlyMap<string, unknown>
  readonly references: readonly unknown[]
  readonly childOf: unknown
  readonly startTime: unknown
}

/** What OpenTelemetry is asked to start, and in which context. */
export interface StartOptions {
  readonly context: Context
  readonly kind?: SpanKind
  readonly attributes: Attributes
  readonly links: Link[]
  readonly startTime?: HrTime
}

/** A parent, or another span that this one comes after. */
interface KnownReference {
  readonly type: string
  readonly context: Context
}

const kinds = new Map<unknown, SpanKind>([
  [Tags.SPAN_KIND_RPC_CLIENT, SpanKind.CLIENT],
  [Tags.SPAN_KIND_RPC_SERVER, SpanKind.SERVER],
  [Tags.SPAN_KIND_MESSAGING_PRODUCER, SpanKind.PRODUCER],
  [Tags.SPAN_KIND_MESSAGING_CONSUMER, SpanKind.CONSUMER],
  ['internal', SpanKind.INTERNAL],
])
const refTypeKey = 'opentracing.ref_type'

/**
 * Options of OpenTracing's `startSpan` for OpenTelemetry's.
 *
 * The first CHILD_OF reference is the parent, else the first one; each of them is a link as well, with
 * its type as the attribute `opentracing.ref_type`. Baggage is that of all, the parent's first. Without
 * references the span begins in `active`.
 *
 * Tags are there when samplers look. `span.kind` becomes the kind and `error` the status; they are no
 * attributes then.
 *
 * Source: OpenTelemetry specification, compatibility/opentracing.md, Start a new Span.
 */
export function startOptions(
  options: GivenOptions,
  active: Context,
  losses: OpenTracingLosses,
): StartOptions {
  const references = knownReferences(options, losses)
  const { tags } = options
  const parent = references.find(({ type }) => type === REFERENCE_CHILD_OF) ?? references[0]
  let context = parent === undefined ? active : contextOfParent(parent, references)
  // What an exporter does must not be traced, whoever is the parent.
  if (isTracingSuppressed(active)) context = suppressTracing(context)
  if (numberOf(tags.get(Tags.SAMPLING_PRIORITY)) > 0) context = withDebug(context)
  const kind = kinds.get(tags.get(Tags.SPAN_KIND))
  const startTime = timeOf(options.startTime, 'startSpan()', losses)
  return {
    context,
    attributes: { ...debugRootAttributes(context), ...startAttributes(tags) },
    links: references.flatMap(linkOf),
    ...(kind !== undefined && { kind }),
    ...(startTime !== undefined && { startTime }),
  }
}

/**
 * The context of what a program hands over as a span or as its context. Undefined without a loss where
 * it is nothing: `extract` answers null when there was no caller.
 */
export function contextOf(
  given: unknown,
  call: string,
  losses: OpenTracingLosses,
): Context | undefined {
  if (given === undefined || given === null) return undefined
  const found = attempt(() => (isSpanLike(given) ? given.context() : given), undefined)
  if (attempt(() => found instanceof BridgeSpanContext, false)) {
    return (found as BridgeSpanContext).context
  }
  losses.add('foreign_context', `${call}: the span context is of another tracer`)
  return undefined
}

function isSpanLike(given: unknown): given is { context(): unknown } {
  return (
    typeof given === 'object' &&
    given !== null &&
    'context' in given &&
    typeof given.context === 'function'
  )
}

/** `childOf` comes behind the references, where the API's own tracer puts it. */
function knownReferences(
  { references, childOf }: GivenOptions,
  losses: OpenTracingLosses,
): readonly KnownReference[] {
  const given = [
    // An empty place in the list is no reference that was meant.
    ...references.filter(Boolean).flatMap((one) => referenceOf(one, losses)),
    { type: REFERENCE_CHILD_OF, context: childOf },
  ]
  return given.flatMap(({ type, context }) => {
    const known = contextOf(context, 'startSpan()', losses)
    return known === undefined ? [] : [{ type, context: known }]
  })
}

function referenceOf(
  given: unknown,
  losses: OpenTracingLosses,
): { readonly type: string; readonly context: unknown }[] {
  try {
    const reference = given as Reference
    return [{ type: textOf(reference.type()), context: reference.referencedContext() }]
  } catch {
    losses.add('bad_argument', `startSpan(): one of its references is no reference`)
    return []
  }
}

/** Reads the options of a program, which may be anything. */
export function givenOptions(options: unknown, losses: OpenTracingLosses): GivenOptions {
  const call = 'startSpan()'
  const given = new Map(entriesOf(options, { what: 'options', call, losses }))
  const references = given.get('references')
  const isList = references === undefined || references === null || isArray(references)
  if (!isList) losses.add('bad_argument', `${call}: its references are no list`)
  return {
    tags: new Map(entriesOf(given.get('tags'), { what: 'tags', call, losses })),
    references: isList ? attempt(() => [...((references ?? []) as unknown[])], []) : [],
    childOf: given.get('childOf'),
    startTime: given.get('startTime'),
  }
}

function isArray(value: unknown): boolean {
  return attempt(() => Array.isArray(value), false)
}

function contextOfParent(parent: KnownReference, references: readonly KnownReference[]): Context {
  const others = references.filter((one) => one !== parent).map(({ context }) => context)
  const baggage = unitedBaggage([parent.context, ...others])
  const context = parent.context ?? ROOT_CONTEXT
  return baggage === undefined ? context : propagation.setBaggage(context, baggage)
}

/** A context without a span, which only brings baggage or a decision, can be no link. */
function linkOf({ type, context }: KnownReference): Link[] {
  const span = trace.getSpanContext(context)
  if (span === undefined || !isSpanContextValid(span)) return []
  return [{ context: span, attributes: { [refTypeKey]: type } }]
}

function startAttributes(tags: ReadonlyMap<string, unknown>): Attributes {
  const attributes = attributesOf(tags)
  if (kinds.has(tags.get(Tags.SPAN_KIND))) delete attributes[Tags.SPAN_KIND]
  if (isErrorTag(tags.get(Tags.ERROR)) !== undefined) delete attributes[Tags.ERROR]
  return attributes
}
