import { ThriftType } from '../thrift/thrift-type.ts'
import type { Context, Halves } from './scratch.ts'
import { readHalves, skipUnknown } from './scratch.ts'
import {
  clear,
  isZero,
  noId,
  writeReference,
  writeReferences,
  writeSpanId,
  writeTraceId,
} from './write-references.ts'
import { itemsOf, writeTags } from './write-tag.ts'
import { writeMicros } from './write-time.ts'

/**
 * Span -> jaeger.api_v2.Span.
 *
 *    1 traceIdLow     i64            1 trace_id, bytes 8 to 15
 *    2 traceIdHigh    i64            1 trace_id, bytes 0 to 7
 *    3 spanId         i64            2 span_id
 *    4 parentSpanId   i64            4 references: a CHILD_OF before all others, unless it is 0
 *    5 operationName  string         3 operation_name
 *    6 references     list<SpanRef>  4 references
 *    7 flags          i32            5 flags
 *    8 startTime      i64, µs        6 start_time
 *    9 duration       i64, µs        7 duration
 *   10 tags           list<Tag>      8 tags
 *   11 logs           list<Log>      9 logs
 *
 * The parent may be written twice, for clients name it among the references too; a reference to the
 * parent is no link, so that says no more than once.
 *
 * Source: jaeger-idl, thrift/jaeger.thrift, struct Span.
 */
export function writeSpan(context: Context): void {
  const { reader, out } = context
  clear(ids.traceId.low)
  clear(ids.traceId.high)
  clear(ids.span)
  clear(ids.parent)
  let referencesAt = -1
  const outer = reader.enter()
  while (reader.field()) {
    if (reader.fieldType !== spanTypes[reader.fieldId]) skipUnknown(context)
    else if (reader.fieldId === 6) {
      // They come behind the parent, which may stand anywhere.
      if (referencesAt >= 0) context.unknownFields += 1
      referencesAt = reader.position
      reader.skip(ThriftType.list)
    } else readField(context)
  }
  reader.leave(outer)
  writeTraceId(out, ids.traceId)
  writeSpanId(out, ids.span)
  if (!isZero(ids.parent)) writeReference(context, ids.traceId, ids.parent, 0)
  if (referencesAt < 0) return
  const { position } = reader
  reader.position = referencesAt
  writeReferences(context)
  reader.position = position
}

/** The last one counts; one that it replaces is lost. */
function readId(context: Context, id: Halves): void {
  if (!isZero(id)) context.unknownFields += 1
  readHalves(context, id)
}

/** Reads one known field other than the references. */
function readField(context: Context): void {
  const { reader, out } = context
  switch (reader.fieldId) {
    case 1:
      readId(context, ids.traceId.low)
      break
    case 2:
      readId(context, ids.traceId.high)
      break
    case 3:
      readId(context, ids.span)
      break
    case 4:
      readId(context, ids.parent)
      break
    case 5:
      reader.binary()
      out.slice(0x1a, reader.bytes, reader.start, reader.length)
      break
    case 7:
      out.uint32(0x28, reader.i32())
      break
    case 8:
      writeMicros(context, 0x32)
      break
    case 9:
      writeMicros(context, 0x3a)
      break
    case 10:
      writeTags(context, 0x42)
      break
    default:
      writeLogs(context)
  }
}

/**
 * list<Log> -> jaeger.api_v2.Log[].
 *
 *   1 timestamp  i64, µs    1 timestamp
 *   2 fields     list<Tag>  2 fields
 *
 * Source: jaeger-idl, thrift/jaeger.thrift, struct Log.
 */
function writeLogs(context: Context): void {
  const { reader, out } = context
  for (let left = itemsOf(context); left > 0; left--) {
    const at = out.open(0x4a)
    const outer = reader.enter()
    while (reader.field()) {
      if (reader.fieldId === 1 && reader.fieldType === ThriftType.i64) writeMicros(context, 0x0a)
      else if (reader.fieldId === 2 && reader.fieldType === ThriftType.list) {
        writeTags(context, 0x12)
      } else skipUnknown(context)
    }
    reader.leave(outer)
    out.close(at)
  }
}

// One span after the other: nothing of it outlives its call.
const ids = { traceId: { low: noId(), high: noId() }, span: noId(), parent: noId() }

const spanTypes: readonly number[] = [
  0,
  ThriftType.i64,
  ThriftType.i64,
  ThriftType.i64,
  ThriftType.i64,
  ThriftType.binary,
  ThriftType.list,
  ThriftType.i32,
  ThriftType.i64,
  ThriftType.i64,
  ThriftType.list,
  ThriftType.list,
]
