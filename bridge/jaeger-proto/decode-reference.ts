import { spanIdLength, traceIdLength } from '../model/identifier.ts'
import type { WireReader } from '../wire/reader.ts'
import { expectWireType, WireType } from '../wire/reader.ts'
import type { UnknownFields } from '../wire/unknown-fields.ts'
import { WireError } from '../wire/wire-error.ts'
import type { DecodeContext } from './decode-context.ts'
import { countItem, enter, keepUnknown } from './decode-context.ts'

/** A SpanRef as it stands on the wire, its ids at their full length. */
export interface Reference {
  readonly traceId: Uint8Array
  readonly spanId: Uint8Array
  /** CHILD_OF 0, FOLLOWS_FROM 1; others are possible. */
  readonly type: number
  readonly unknown: Uint8Array | undefined
}

/**
 * jaeger.api_v2.SpanRef.
 *
 *   1 trace_id  bytes  8 or 16; absent is all zero
 *   2 span_id   bytes  8; absent is all zero
 *   3 ref_type  enum   CHILD_OF 0, FOLLOWS_FROM 1
 *
 * Source: jaeger-idl, api_v2/model.proto, message SpanRef.
 */
export function decodeReference(context: DecodeContext, tag: number): Reference {
  countItem(context)
  const { reader } = context
  const outer = enter(reader, tag)
  let traceId: Uint8Array = zeroTraceId
  let spanId: Uint8Array = zeroSpanId
  let type = 0
  let unknown: UnknownFields | undefined
  while (reader.position < reader.end) {
    const start = reader.position
    const field = reader.tag()
    if (field >>> 3 === 1) traceId = id(reader, field, 'trace id of a reference', fullTraceId)
    else if (field >>> 3 === 2) spanId = id(reader, field, 'span id of a reference', fullSpanId)
    else if (field >>> 3 === 3) {
      expectWireType(field, WireType.varint, reader)
      type = reader.int32()
    } else unknown = keepUnknown(unknown, reader, field, start)
  }
  reader.end = outer
  return { traceId, spanId, type, unknown: unknown?.bytes() }
}

/** 16 bytes of a trace id of 8 or 16; undefined for any other length. */
export function fullTraceId(bytes: Uint8Array): Uint8Array | undefined {
  if (bytes.length === traceIdLength) return bytes
  if (bytes.length !== shortTraceIdLength) return undefined
  const full = new Uint8Array(traceIdLength)
  full.set(bytes, traceIdLength - shortTraceIdLength)
  return full
}

/** The span id when it has 8 bytes. */
export function fullSpanId(bytes: Uint8Array): Uint8Array | undefined {
  return bytes.length === spanIdLength ? bytes : undefined
}

/** Trace id that stands for none; shared, never changed. */
export const zeroTraceId: Uint8Array = new Uint8Array(traceIdLength)
/** Span id that stands for none; shared, never changed. */
export const zeroSpanId: Uint8Array = new Uint8Array(spanIdLength)

function id(
  reader: WireReader,
  tag: number,
  what: string,
  full: (bytes: Uint8Array) => Uint8Array | undefined,
): Uint8Array {
  expectWireType(tag, WireType.bytes, reader)
  const at = reader.position
  const bytes = reader.slice()
  const value = full(bytes)
  if (value !== undefined) return value
  throw new WireError('bad_value', `Cannot read ${what}: it has ${bytes.length} bytes`, at)
}

/** Length of a 64-bit trace id, the low half. */
const shortTraceIdLength = 8
