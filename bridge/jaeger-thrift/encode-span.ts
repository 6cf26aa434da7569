import { TagName } from '../jaeger-proto/tag-names.ts'
import { ThriftType } from '../thrift/thrift-type.ts'
import { WireReader } from '../wire/reader.ts'
import type { EncodeContext } from './encode-context.ts'
import { skipLost } from './encode-context.ts'
import { encodeTagList, encodeTags } from './encode-tags.ts'

/**
 * Body of a jaeger.api_v2.Span -> Span.
 *
 *    1 trace_id, bytes 8 to 15       1 traceIdLow     i64, by its bits
 *    1 trace_id, bytes 0 to 7        2 traceIdHigh    i64
 *    2 span_id                       3 spanId         i64
 *      of the model                  4 parentSpanId   i64, 0 for none
 *    3 operation_name                5 operationName  string
 *    4 references                    6 references     list<SpanRef>, the parent among them
 *    5 flags                         7 flags          i32, by its bits
 *    6 start_time                    8 startTime      i64, µs, cut
 *    7 duration                      9 duration       i64, µs, cut
 *    8 tags                         10 tags           list<Tag>
 *   12 warnings                     10 tags           one more, `@jaeger@warnings`: a list of JSON
 *    9 logs                         11 logs           list<Log>
 *
 * Readers of Jaeger take the parent from its field or from the references; so do its own clients fill
 * both. Fields that are optional are left out where there is nothing in them.
 *
 * Source: jaeger-idl, thrift/jaeger.thrift, struct Span; jaeger v1.76.0,
 * internal/converter/thrift/jaeger/to_domain.go.
 *
 * @param parentSpanId 8 bytes, or undefined for none
 * @throws WireError for a body that is no Span
 */
export function encodeSpan(
  context: EncodeContext,
  body: Uint8Array,
  parentSpanId: Uint8Array | undefined,
): void {
  const { writer } = context
  const span = readSpan(context, body)
  const i64 = (id: number, value: bigint): void => {
    writer.field(id, ThriftType.i64)
    writer.i64(value)
  }
  writer.struct(() => {
    i64(1, halfAt(span.traceId, 8))
    i64(2, halfAt(span.traceId, 0))
    i64(3, halfAt(span.spanId, 0))
    i64(4, parentSpanId?.length === 8 ? halfAt(parentSpanId, 0) : 0n)
    writer.field(5, ThriftType.binary)
    writer.binary(span.name)
    encodeReferences(context, span.references)
    writer.field(7, ThriftType.i32)
    writer.i32(span.flags | 0)
    i64(8, span.startMicros)
    i64(9, span.durationMicros)
    const { warnings } = span
    if (warnings.length === 0) encodeTags(context, 10, span.tags)
    else {
      const value = JSON.stringify(warnings)
      encodeTags(context, 10, span.tags, { key: TagName.warnings, value })
    }
    encodeLogs(context, span.logs)
  })
}

/** The parts of a span, those that repeat by their bodies. */
interface SpanParts {
  traceId: Uint8Array
  spanId: Uint8Array
  name: Uint8Array
  flags: number
  startMicros: bigint
  durationMicros: bigint
  readonly references: Uint8Array[]
  readonly tags: Uint8Array[]
  readonly logs: Uint8Array[]
  readonly warnings: string[]
}

function readSpan(context: EncodeContext, body: Uint8Array): SpanParts {
  const reader = new WireReader(body)
  const span: SpanParts = {
    traceId: noTraceId,
    spanId: noSpanId,
    name: nothing,
    flags: 0,
    startMicros: 0n,
    durationMicros: 0n,
    references: [],
    tags: [],
    logs: [],
    warnings: [],
  }
  while (reader.more()) {
    const tag = reader.tag()
    if (tag === 0x0a) span.traceId = reader.slice()
    else if (tag === 0x12) span.spanId = reader.slice()
    else if (tag === 0x1a) span.name = reader.slice()
    else if (tag === 0x22) span.references.push(reader.slice())
    else if (tag === 0x28) span.flags = reader.uint32()
    else if (tag === 0x32) span.startMicros = micros(context, reader.slice())
    else if (tag === 0x3a) span.durationMicros = micros(context, reader.slice())
    else if (tag === 0x42) span.tags.push(reader.slice())
    else if (tag === 0x4a) span.logs.push(reader.slice())
    // The batch has the process.
    else if (tag === 0x52) reader.slice()
    else if (tag === 0x62) span.warnings.push(reader.string())
    else skipLost(context, reader, tag)
  }
  return span
}

/**
 * jaeger.api_v2.SpanRef[] -> list<SpanRef>.
 *
 *   3 ref_type                 1 refType      i32, the same numbers
 *   1 trace_id, bytes 8 to 15  2 traceIdLow   i64
 *   1 trace_id, bytes 0 to 7   3 traceIdHigh  i64
 *   2 span_id                  4 spanId       i64
 *
 * Source: jaeger-idl, thrift/jaeger.thrift, struct SpanRef.
 */
function encodeReferences(context: EncodeContext, references: readonly Uint8Array[]): void {
  if (references.length === 0) return
  const { writer } = context
  writer.field(6, ThriftType.list)
  writer.list(ThriftType.struct, references.length)
  for (const body of references) {
    const reader = new WireReader(body)
    let traceId: Uint8Array = noTraceId
    let spanId: Uint8Array = noSpanId
    let type = 0
    while (reader.more()) {
      const tag = reader.tag()
      if (tag === 0x0a) traceId = reader.slice()
      else if (tag === 0x12) spanId = reader.slice()
      else if (tag === 0x18) type = reader.int32()
      else skipLost(context, reader, tag)
    }
    writer.struct(() => {
      writer.field(1, ThriftType.i32)
      writer.i32(type)
      for (const [id, half] of [
        [2, halfAt(traceId, 8)],
        [3, halfAt(traceId, 0)],
        [4, halfAt(spanId, 0)],
      ] as const) {
        writer.field(id, ThriftType.i64)
        writer.i64(half)
      }
    })
  }
}

/**
 * jaeger.api_v2.Log[] -> list<Log>: 1 timestamp i64 µs, cut; 2 fields list<Tag>, always.
 *
 * Source: jaeger-idl, thrift/jaeger.thrift, struct Log.
 */
function encodeLogs(context: EncodeContext, logs: readonly Uint8Array[]): void {
  if (logs.length === 0) return
  const { writer } = context
  writer.field(11, ThriftType.list)
  writer.list(ThriftType.struct, logs.length)
  for (const body of logs) {
    const reader = new WireReader(body)
    let time = 0n
    const fields: Uint8Array[] = []
    while (reader.more()) {
      const tag = reader.tag()
      if (tag === 0x0a) time = micros(context, reader.slice())
      else if (tag === 0x12) fields.push(reader.slice())
      else skipLost(context, reader, tag)
    }
    writer.struct(() => {
      writer.field(1, ThriftType.i64)
      writer.i64(time)
      encodeTagList(context, 2, fields)
    })
  }
}

/** Timestamp or Duration, whose parts have the same sign. */
function micros(context: EncodeContext, body: Uint8Array): bigint {
  const reader = new WireReader(body)
  let seconds = 0n
  let nanos = 0
  while (reader.more()) {
    const tag = reader.tag()
    if (tag === 0x08) seconds = reader.int64()
    else if (tag === 0x10) nanos = reader.int32()
    else skipLost(context, reader, tag)
  }
  if (nanos % 1000 !== 0) context.lost.nanoseconds += 1
  return seconds * 1_000_000n + BigInt(Math.trunc(nanos / 1000))
}

/** Eight bytes as a signed number of the same bits. */
function halfAt(id: Uint8Array, offset: number): bigint {
  return new DataView(id.buffer, id.byteOffset, id.byteLength).getBigInt64(offset)
}

const nothing = new Uint8Array(0)
const noTraceId = new Uint8Array(16)
const noSpanId = new Uint8Array(8)
