import type { HrTime, Link, SpanContext } from '@opentelemetry/api'
import type { ReadableSpan } from '@opentelemetry/sdk-trace-base'
import { isZeroId, spanIdLength, traceIdLength } from '../model/identifier.ts'
import { StatusCode } from '../model/span.ts'
import type { WireWriter } from '../wire/writer.ts'
import { writeAttributes } from './write-value.ts'

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

/** A span that cannot be told in OTLP; its message names the field. */
export class UnreadableSpan extends Error {
  override readonly name = 'UnreadableSpan'
}

/**
 * Writes the body of a Span message from a span of OpenTelemetry's SDK 2.x for JavaScript. No object of
 * the model is made between: this runs in the programs of others.
 *
 *   1 trace_id, 2 span_id, 3 trace_state   spanContext()
 *   4 parent_span_id                       parentSpanContext
 *   5 name, 6 kind                         the kind plus one: the SDK has no unspecified
 *   7 start_time, 8 end_time               ns
 *   9 attributes, 10, 11 events, 12, 13 links, 14
 *   15 status                              left out where nothing was set
 *   16 flags                               bits 0-7 of spanContext(); 8 and 9: the parent is known to be
 *                                          remote or not, it is remote
 *
 * Source: opentelemetry-proto, trace/v1/trace.proto; @opentelemetry/sdk-trace-base, ReadableSpan.
 *
 * @returns how many attributes have no value in OTLP; each owner counts its own as dropped
 * @throws UnreadableSpan for ids that are none; what was written is to be taken back
 */
export function writeSpan(writer: WireWriter, span: ReadableSpan): number {
  const own = span.spanContext()
  const parent = span.parentSpanContext
  let lost = 0
  writer.bytes(1, readId(own.traceId, traceIdLength, 'trace id'))
  writer.bytes(2, readId(own.spanId, spanIdLength, 'span id'))
  writer.string(3, own.traceState?.serialize() ?? '')
  writer.bytes(4, readParentId(parent))
  writer.string(5, span.name)
  writer.uint32(6, span.kind + 1)
  writer.fixed64(7, readTime(span.startTime))
  writer.fixed64(8, readTime(span.endTime))
  lost += writeAttributesOf(writer, 9, span)
  for (const event of span.events) {
    writer.message(11, () => {
      writer.fixed64(1, readTime(event.time))
      writer.string(2, event.name)
      lost += writeAttributesOf(writer, 3, event)
    })
  }
  writer.uint32(12, span.droppedEventsCount)
  for (const link of span.links) {
    writer.message(13, () => {
      lost += writeLink(writer, link)
    })
  }
  writer.uint32(14, span.droppedLinksCount)
  writeStatus(writer, span.status)
  writer.fixed32(16, flagsOf(own.traceFlags, parent?.isRemote))
  return lost
}

/** Writes the body of a Resource message; its schema URL stands beside it. @returns as `writeSpan` */
export function writeResource(writer: WireWriter, resource: ReadResource): number {
  return writeAttributesOf(writer, 1, resource)
}

/** Writes the body of an InstrumentationScope message; its schema URL stands beside it. @returns as `writeSpan` */
export function writeScope(writer: WireWriter, scope: ReadScope): number {
  writer.string(1, scope.name)
  writer.string(2, scope.version ?? '')
  return writeAttributesOf(writer, 3, scope)
}

/** Attributes, and behind them how many were dropped, by the SDK or here. */
function writeAttributesOf(
  writer: WireWriter,
  field: number,
  owner: {
    readonly attributes?: Readonly<Record<string, unknown>>
    readonly droppedAttributesCount?: number
  },
): number {
  const lost = writeAttributes(writer, field, owner.attributes)
  writer.uint32(field + 1, (owner.droppedAttributesCount ?? 0) + lost)
  return lost
}

function writeLink(writer: WireWriter, link: Link): number {
  const { traceId, spanId, traceState, traceFlags, isRemote: remote } = link.context
  writer.bytes(1, readId(traceId, traceIdLength, 'trace id of a link'))
  writer.bytes(2, readId(spanId, spanIdLength, 'span id of a link'))
  writer.string(3, traceState?.serialize() ?? '')
  const lost = writeAttributesOf(writer, 4, link)
  writer.fixed32(6, flagsOf(traceFlags, remote))
  return lost
}

function writeStatus(writer: WireWriter, { code, message = '' }: ReadableSpan['status']): void {
  if (code === StatusCode.unset && message === '') return
  writer.message(15, () => {
    writer.string(2, message)
    writer.int32(3, code)
  })
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
