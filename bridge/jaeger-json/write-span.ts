import { ReferenceType } from '../jaeger-proto/tag-names.ts'
import { spanIdLength, traceIdLength } from '../model/identifier.ts'
import { textOf } from '../wire/reader.ts'
import { WireWriter } from '../wire/writer.ts'
import type { JsonCursor } from './json-cursor.ts'
import { writeTag } from './write-tag.ts'

/** What a span of a trace may leave to it. */
export interface TraceOfSpan {
  readonly traceId: Uint8Array
  /** Bodies of jaeger.api_v2.Process by their names. */
  readonly processes: ReadonlyMap<string, Uint8Array>
}

/** An id that a span does not have. */
export const noTraceId = new Uint8Array(traceIdLength)

/**
 * A JSON span -> body of a jaeger.api_v2.Span.
 *
 *   traceID         1 trace_id, of the trace where it is left out
 *   spanID          2 span_id
 *   operationName   3 operation_name
 *   parentSpanID    4 references: a CHILD_OF before all others, unless it is 0; Jaeger once wrote it
 *   references      4 references
 *   flags           5 flags
 *   startTime, µs   6 start_time
 *   duration, µs    7 duration
 *   tags            8 tags
 *   logs            9 logs
 *   processID      10 process, of the trace's; without one of that name there is none
 *   process        10 process, which Jaeger's stored documents have instead
 *   warnings       12 warnings
 *
 * Source: jaeger v1.65.0, model/json/model.go; jaeger-idl, api_v2/model.proto.
 */
export function writeSpan(cursor: JsonCursor, writer: WireWriter, trace: TraceOfSpan): void {
  let { traceId } = trace
  let parentId: Uint8Array = noSpanId
  let named: Uint8Array | undefined
  let own: Uint8Array | undefined
  let referencesAt = -1
  cursor.object((name) => {
    if (name === 'traceID') traceId = readId(cursor, traceIdLength)
    else if (name === 'parentSpanID') parentId = readId(cursor, spanIdLength)
    else if (name === 'processID') named = trace.processes.get(textOf(cursor.text()))
    else if (name === 'process') own = processOf(cursor)
    // They come behind the parent, which may stand anywhere.
    else if (name === 'references') referencesAt = cursor.pass()
    else return writeField(cursor, writer, name)
    return true
  })
  writer.bytes(1, traceId)
  if (parentId.some((byte) => byte !== 0)) {
    writer.message(4, () => {
      writer.bytes(1, traceId)
      writer.bytes(2, parentId)
    })
  }
  if (referencesAt >= 0) {
    cursor.revisit('references', referencesAt, () => {
      cursor.list(() => writer.message(4, () => writeReference(cursor, writer)))
    })
  }
  const processBody = own ?? named
  if (processBody !== undefined) writer.bytesAlways(10, processBody)
}

/** A trace or span id: hex digits of either case, leading zeros missing or not, as Jaeger reads them. */
export function readId(cursor: JsonCursor, length: number): Uint8Array {
  const text = cursor.ascii()
  if (text.length > length * 2 || !/^[0-9a-fA-F]*$/.test(text)) {
    return cursor.failText(`at most ${length * 2} hex digits`)
  }
  return Buffer.from(text.padStart(length * 2, '0'), 'hex')
}

/** A JSON process -> body of a jaeger.api_v2.Process: 1 service_name, 2 tags. */
export function writeProcess(cursor: JsonCursor, writer: WireWriter): void {
  cursor.object((name) => {
    if (name === 'serviceName') writer.bytes(1, cursor.text())
    else if (name === 'tags') cursor.list(() => writeTag(cursor, writer, 2))
    else return false
    return true
  })
}

/** Reads one member that becomes a field as it is. */
function writeField(cursor: JsonCursor, writer: WireWriter, name: string): boolean {
  switch (name) {
    case 'spanID':
      writer.bytes(2, readId(cursor, spanIdLength))
      return true
    case 'operationName':
      writer.bytes(3, cursor.text())
      return true
    case 'flags':
      writer.uint32(5, Number(cursor.integer(0n, 2n ** 32n - 1n)))
      return true
    case 'startTime':
      writeMicros(cursor, writer, 6)
      return true
    case 'duration':
      writeMicros(cursor, writer, 7)
      return true
    case 'tags':
      cursor.list(() => writeTag(cursor, writer, 8))
      return true
    case 'logs':
      cursor.list(() => writer.message(9, () => writeLog(cursor, writer)))
      return true
    case 'warnings':
      cursor.list(() => writer.bytesAlways(12, cursor.text()))
      return true
    default:
      return false
  }
}

function processOf(cursor: JsonCursor): Uint8Array {
  const writer = new WireWriter(256)
  writeProcess(cursor, writer)
  return writer.finish()
}

function writeReference(cursor: JsonCursor, writer: WireWriter): void {
  cursor.object((name) => {
    if (name === 'refType') writer.int32(3, referenceType(cursor))
    else if (name === 'traceID') writer.bytes(1, readId(cursor, traceIdLength))
    else if (name === 'spanID') writer.bytes(2, readId(cursor, spanIdLength))
    else return false
    return true
  })
}

function referenceType(cursor: JsonCursor): number {
  const text = cursor.ascii()
  if (text === 'CHILD_OF') return ReferenceType.childOf
  if (text === 'FOLLOWS_FROM') return ReferenceType.followsFrom
  return cursor.failText('CHILD_OF or FOLLOWS_FROM')
}

function writeLog(cursor: JsonCursor, writer: WireWriter): void {
  cursor.object((name) => {
    if (name === 'timestamp') writeMicros(cursor, writer, 1)
    else if (name === 'fields') cursor.list(() => writeTag(cursor, writer, 2))
    else return false
    return true
  })
}

/**
 * Microseconds -> google.protobuf.Timestamp or Duration. Jaeger's own numbers have no sign: of a
 * negative one it writes the 64 bits, which are taken for what they were.
 */
function writeMicros(cursor: JsonCursor, writer: WireWriter, field: number): void {
  const micros = BigInt.asIntN(64, cursor.integer(-(2n ** 63n), 2n ** 64n - 1n))
  const rest = ((micros % microsPerSecond) + microsPerSecond) % microsPerSecond
  writer.message(field, () => {
    writer.int64(1, (micros - rest) / microsPerSecond)
    writer.int32(2, Number(rest) * 1000)
  })
}

const microsPerSecond = 1_000_000n
const noSpanId = new Uint8Array(spanIdLength)
