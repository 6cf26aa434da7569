import { ThriftType } from '../thrift/thrift-type.ts'
import type { Context, Halves } from './scratch.ts'
import { readHalves, skipUnknown } from './scratch.ts'
import { itemsOf } from './write-tag.ts'

/** The 16 bytes of a trace id. */
export interface TraceId {
  readonly low: Halves
  readonly high: Halves
}

/** An id of nothing yet. */
export function noId(): Halves {
  return { low: 0, high: 0 }
}

/** Whether the id is all zero, which is none. */
export function isZero({ low, high }: Halves): boolean {
  return (low | high) === 0
}

/**
 * list<SpanRef> -> jaeger.api_v2.SpanRef[], the reader being at the list.
 *
 *   1 refType      i32  3 ref_type, the same numbers
 *   2 traceIdLow   i64  1 trace_id, bytes 8 to 15
 *   3 traceIdHigh  i64  1 trace_id, bytes 0 to 7
 *   4 spanId       i64  2 span_id
 *
 * Source: jaeger-idl, thrift/jaeger.thrift, struct SpanRef.
 */
export function writeReferences(context: Context): void {
  const { reader } = context
  for (let left = itemsOf(context); left > 0; left--) {
    let type = 0
    clear(ref.traceId.low)
    clear(ref.traceId.high)
    clear(ref.spanId)
    const outer = reader.enter()
    while (reader.field()) {
      if (reader.fieldType !== referenceTypes[reader.fieldId]) skipUnknown(context)
      else if (reader.fieldId === 1) type = reader.i32()
      else if (reader.fieldId === 2) readHalves(context, ref.traceId.low)
      else if (reader.fieldId === 3) readHalves(context, ref.traceId.high)
      else readHalves(context, ref.spanId)
    }
    reader.leave(outer)
    writeReference(context, ref.traceId, ref.spanId, type)
  }
}

/** One SpanRef; field 4 of Span. */
export function writeReference(
  { out }: Context,
  traceId: TraceId,
  spanId: Halves,
  type: number,
): void {
  const at = out.open(0x22)
  writeTraceId(out, traceId)
  writeSpanId(out, spanId)
  if (type !== 0) out.int32(0x18, type)
  out.close(at)
}

/** Field 1, as api_v2's messages have it; nothing for all zero. */
export function writeTraceId(out: Context['out'], { low, high }: TraceId): void {
  if (isZero(low) && isZero(high)) return
  out.bigHead(0x0a, 16)
  out.big64(high.low, high.high)
  out.big64(low.low, low.high)
}

/** Field 2, as api_v2's messages have it; nothing for all zero. */
export function writeSpanId(out: Context['out'], id: Halves): void {
  if (isZero(id)) return
  out.bigHead(0x12, 8)
  out.big64(id.low, id.high)
}

/** Makes it 0. */
export function clear(halves: Halves): void {
  halves.low = 0
  halves.high = 0
}

// One reference after the other: nothing of it outlives its call.
const ref = { traceId: { low: noId(), high: noId() }, spanId: noId() }

const referenceTypes: readonly number[] = [
  0,
  ThriftType.i32,
  ThriftType.i64,
  ThriftType.i64,
  ThriftType.i64,
]
