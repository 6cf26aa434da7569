import type { DecodeOptions } from '../model/decoded.ts'
import { RequestDensity } from '../model/request-density.ts'
import type { ThriftReader } from '../thrift/thrift-reader.ts'
import { ThriftType } from '../thrift/thrift-type.ts'
import { textOf } from '../wire/reader.ts'
import type { BatchFacts, ClientStats } from './batch-facts.ts'
import { clientUuidMax } from './batch-facts.ts'
import type { ProtoOutput, TagText } from './proto-output.ts'
import type { Context } from './scratch.ts'
import { numberOf, skipUnknown } from './scratch.ts'
import { writeSpan } from './write-span.ts'
import { structsOf, writeTags } from './write-tag.ts'

/**
 * Batch -> field 1 of jaeger.api_v2.PostSpansRequest, from the reader's position on.
 *
 *   1 process  Process      2 process
 *   2 spans    list<Span>   1 spans
 *   3 seqNo    i64          a fact
 *   4 stats    ClientStats  a fact
 *
 * Thrift and protobuf are two encodings of Jaeger's one model, so this moves fields and decides
 * nothing: what they mean, and which spans are bad, is said once, in bridge/jaeger-proto. A field
 * that is required but missing has its default value there. Several batches may be written one
 * behind the other; after an error nothing is left of the broken one.
 *
 * Source: jaeger-idl, thrift/jaeger.thrift, struct Batch.
 *
 * @param density of the message; it may hold several batches
 * @throws WireError
 */
export function writeBatch(
  reader: ThriftReader,
  out: ProtoOutput,
  density: RequestDensity,
): BatchFacts {
  const context: Context = { reader, out, unknownFields: 0, spans: 0, density }
  density.countSpans(1, reader.position)
  const before = out.size
  try {
    const at = out.open(0x0a)
    const facts = readBatch(context)
    out.close(at)
    return { ...facts, spans: context.spans, unknownFields: context.unknownFields }
  } catch (error) {
    out.size = before
    throw error
  }
}

function readBatch(context: Context): Pick<BatchFacts, 'clientUuid' | 'seqNo' | 'stats'> {
  const { reader } = context
  let clientUuid: string | undefined
  let seqNo: number | undefined
  let stats: ClientStats | undefined
  const outer = reader.enter()
  while (reader.field()) {
    if (reader.fieldType !== batchTypes[reader.fieldId]) skipUnknown(context)
    else if (reader.fieldId === 1) clientUuid = writeProcess(context) ?? clientUuid
    else if (reader.fieldId === 2) writeSpans(context)
    else if (reader.fieldId === 3) {
      reader.i64()
      seqNo = numberOf(reader)
    } else stats = readStats(context)
  }
  reader.leave(outer)
  return { clientUuid, seqNo, stats }
}

function writeSpans(context: Context): void {
  const { out } = context
  const count = structsOf(context)
  context.density.countSpans(count, context.reader.position)
  for (let left = count; left > 0; left--) {
    const at = out.open(0x0a)
    writeSpan(context)
    out.close(at)
  }
  context.spans += count
}

/**
 * Counts what a message holds against its bytes.
 *
 * @param reader about to read it
 */
export function densityOf(
  reader: ThriftReader,
  onItems?: DecodeOptions['onItems'],
): RequestDensity {
  return new RequestDensity(reader.end, reader.itemBytesMin, onItems)
}

/**
 * Process -> jaeger.api_v2.Process.
 *
 *   1 serviceName  string     1 service_name
 *   2 tags         list<Tag>  2 tags
 *
 * Source: jaeger-idl, thrift/jaeger.thrift, struct Process.
 *
 * @returns the text of its tag `client-uuid`
 */
function writeProcess(context: Context): string | undefined {
  const { reader, out } = context
  let clientUuid: string | undefined
  const onTag = (text: TagText) => {
    if (isClientUuid(reader.bytes, text)) {
      const length = Math.min(text.textLength, clientUuidMax)
      clientUuid = textOf(reader.bytes.subarray(text.textStart, text.textStart + length))
    }
  }
  const at = out.open(0x12)
  const outer = reader.enter()
  while (reader.field()) {
    if (reader.fieldId === 1 && reader.fieldType === ThriftType.binary) {
      reader.binary()
      out.slice(0x0a, reader.bytes, reader.start, reader.length)
    } else if (reader.fieldId === 2 && reader.fieldType === ThriftType.list) {
      writeTags(context, 0x12, onTag)
    } else skipUnknown(context)
  }
  reader.leave(outer)
  out.close(at)
  return clientUuid
}

/**
 * ClientStats: 1 fullQueueDroppedSpans, 2 tooLargeDroppedSpans, 3 failedToEmitSpans, all i64.
 *
 * Source: jaeger-idl, thrift/jaeger.thrift, struct ClientStats.
 */
function readStats(context: Context): ClientStats {
  const { reader } = context
  const numbers = [0, 0, 0, 0]
  const outer = reader.enter()
  while (reader.field()) {
    if (reader.fieldType === ThriftType.i64 && reader.fieldId >= 1 && reader.fieldId <= 3) {
      reader.i64()
      numbers[reader.fieldId] = numberOf(reader)
    } else skipUnknown(context)
  }
  reader.leave(outer)
  const [, fullQueueDroppedSpans = 0, tooLargeDroppedSpans = 0, failedToEmitSpans = 0] = numbers
  return { fullQueueDroppedSpans, tooLargeDroppedSpans, failedToEmitSpans }
}

function isClientUuid(bytes: Uint8Array, text: TagText): boolean {
  if (text.keyLength !== clientUuidKey.length || text.keyStart < 0 || text.textStart < 0) {
    return false
  }
  return clientUuidKey.every((byte, index) => bytes[text.keyStart + index] === byte)
}

const clientUuidKey = Buffer.from('client-uuid')

const batchTypes: readonly number[] = [
  0,
  ThriftType.struct,
  ThriftType.list,
  ThriftType.i64,
  ThriftType.struct,
]
