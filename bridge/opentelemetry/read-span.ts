import type { HrTime, Link, SpanContext } from '@opentelemetry/api'
import type { ReadableSpan } from '@opentelemetry/sdk-trace-base'
import { isZeroId, spanIdLength, traceIdLength } from '../model/identifier.ts'
import type { Resource, Scope, Span, SpanEvent, SpanLink, Status } from '../model/span.ts'
import { StatusCode } from '../model/span.ts'
import { keyValuesOf } from './attribute-value.ts'

/** Bits of `Span.flags` and `Link.flags` in OTLP: is it known whether the context is remote, is it. */
const hasIsRemote = 0x100
const isRemote = 0x200
const traceFlagsMask = 0xff
const nanosPerSecond = 1_000_000_000n

/** What the SDK hands to exporters, beside its other fields. */
export type ReadResource = ReadableSpan['resource']
/** The library that made a span, as the SDK has it; its types do not name the attributes yet. */
export type ReadScope = ReadableSpan['instrumentationScope'] & {
  readonly attributes?: Readonly<Record<string, unknown>>
  readonly droppedAttributesCount?: number
}

/** A part of the model, and the attributes that are counted in it as dropped because OTLP has no value for them. */
export interface Read<T> {
  readonly value: T
  readonly lostAttributes: number
}

/** A span that cannot be told in OTLP; its message names the field. */
export class UnreadableSpan extends Error {
  override readonly name = 'UnreadableSpan'
}

/**
 * A span of OpenTelemetry's SDK 2.x for JavaScript -> model.
 *
 *   spanContext()          traceId, spanId, traceState, and flags 0-7
 *   parentSpanContext      parentSpanId, and flags 8 and 9: known to be remote, remote
 *   kind                   plus one: the SDK has no unspecified
 *   startTime, endTime     seconds and nanoseconds, whole ones
 *   attributes, events, links, dropped counts, status
 *
 * Source: opentelemetry-proto, trace/v1/trace.proto; @opentelemetry/sdk-trace-base, ReadableSpan.
 *
 * @throws UnreadableSpan for ids that are none
 */
export function readSpan(span: ReadableSpan): Read<Span> {
  const own = span.spanContext()
  const parent = span.parentSpanContext
  const losses = { count: 0 }
  const { attributes, droppedAttributesCount } = readAttributes(span, losses)
  const value: Span = {
    traceId: readId(own.traceId, traceIdLength, 'trace id'),
    spanId: readId(own.spanId, spanIdLength, 'span id'),
    parentSpanId: readParentId(parent),
    traceState: own.traceState?.serialize() ?? '',
    flags: flagsOf(own.traceFlags, parent?.isRemote),
    name: span.name,
    kind: span.kind + 1,
    startUnixNano: readTime(span.startTime),
    endUnixNano: readTime(span.endTime),
    attributes,
    droppedAttributesCount,
    events: span.events.map((event) => readEvent(event, losses)),
    droppedEventsCount: span.droppedEventsCount,
    links: span.links.map((link) => readLink(link, losses)),
    droppedLinksCount: span.droppedLinksCount,
    status: readStatus(span.status),
  }
  return { value, lostAttributes: losses.count }
}

/** The resource of spans; its schema URL stands beside it in OTLP. */
export function readResource(resource: ReadResource): Read<Resource> {
  const losses = { count: 0 }
  return { value: readAttributes(resource, losses), lostAttributes: losses.count }
}

/** The scope of spans; its schema URL stands beside it in OTLP. */
export function readScope(scope: ReadScope): Read<Scope> {
  const losses = { count: 0 }
  const { name, version = '' } = scope
  return {
    value: { name, version, ...readAttributes(scope, losses) },
    lostAttributes: losses.count,
  }
}

interface Losses {
  count: number
}

function readAttributes(
  owner: {
    readonly attributes?: Readonly<Record<string, unknown>>
    readonly droppedAttributesCount?: number
  },
  losses: Losses,
) {
  const { attributes, lost } = keyValuesOf(owner.attributes)
  losses.count += lost
  return { attributes, droppedAttributesCount: (owner.droppedAttributesCount ?? 0) + lost }
}

function readEvent(event: ReadableSpan['events'][number], losses: Losses): SpanEvent {
  const { name, time } = event
  return { timeUnixNano: readTime(time), name, ...readAttributes(event, losses) }
}

function readLink(link: Link, losses: Losses): SpanLink {
  const { traceId, spanId, traceState, traceFlags, isRemote: remote } = link.context
  return {
    traceId: readId(traceId, traceIdLength, 'trace id of a link'),
    spanId: readId(spanId, spanIdLength, 'span id of a link'),
    traceState: traceState?.serialize() ?? '',
    flags: flagsOf(traceFlags, remote),
    ...readAttributes(link, losses),
  }
}

function readStatus({ code, message = '' }: ReadableSpan['status']): Status | undefined {
  return code === StatusCode.unset && message === '' ? undefined : { code, message }
}

/** A context of zeros is the API's way to say that there is no parent. */
function readParentId(parent: SpanContext | undefined): Uint8Array | undefined {
  if (parent === undefined || /^0*$/.test(parent.spanId)) return undefined
  return readId(parent.spanId, spanIdLength, 'parent span id')
}

function readId(text: string, length: number, what: string): Uint8Array {
  const bytes = Buffer.from(text, 'hex')
  if (text.length !== length * 2 || bytes.length !== length) {
    const quoted = JSON.stringify(text.slice(0, 64))
    throw new UnreadableSpan(`its ${what} is ${quoted}, must be ${length * 2} hex digits`)
  }
  if (isZeroId(bytes)) throw new UnreadableSpan(`its ${what} is zero`)
  return bytes
}

function flagsOf(traceFlags: number, remote: boolean | undefined): number {
  return (traceFlags & traceFlagsMask) | hasIsRemote | (remote === true ? isRemote : 0)
}

/** Before 1970 there is none; a fraction of a nanosecond is cut. */
function readTime([seconds, nanos]: HrTime): bigint {
  if (!Number.isFinite(seconds) || !Number.isFinite(nanos)) return 0n
  const time = BigInt(Math.trunc(seconds)) * nanosPerSecond + BigInt(Math.trunc(nanos))
  return time < 0n ? 0n : time
}
