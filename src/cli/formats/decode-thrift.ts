import { decodeBatches } from '../../../bridge/jaeger-proto/decode-request.ts'
import { BinaryReader } from '../../../bridge/jaeger-thrift/binary-reader.ts'
import { CompactReader } from '../../../bridge/jaeger-thrift/compact-reader.ts'
import { ProtoOutput } from '../../../bridge/jaeger-thrift/proto-output.ts'
import type { ThriftReader } from '../../../bridge/jaeger-thrift/thrift-reader.ts'
import { writeBatch } from '../../../bridge/jaeger-thrift/write-batch.ts'
import type { DecodeOptions } from '../../../bridge/model/decoded.ts'
import type { DecodedPart } from './format.ts'

/** A reader for the Thrift protocol in which a Batch is that begins with this byte. */
export function thriftReaderOf(firstByte: number): ThriftReader {
  // The compact protocol begins with the step from field 0 to the first one, the binary one with a type.
  return firstByte >= 0x10 ? new CompactReader() : new BinaryReader()
}

/**
 * A bare Batch by either protocol.
 *
 * @throws WireError
 */
export function decodeThrift(bytes: Uint8Array, options: DecodeOptions): DecodedPart {
  const reader = thriftReaderOf(bytes[0] ?? 0)
  const out = new ProtoOutput()
  reader.use(bytes)
  const { unknownFields } = writeBatch(reader, out)
  const lost = unknownFields === 0 ? [] : ([['unknown_fields', unknownFields]] as const)
  return { ...decodeBatches(out.finish(), options), lost: new Map(lost) }
}

/**
 * Whether these bytes can begin nothing but a Batch: its process with a service name or tags, or the
 * list of its spans.
 */
export function isThriftBatch(bytes: Uint8Array): boolean {
  return beginnings.some((beginning) => beginning.every((byte, at) => bytes[at] === byte))
}

/** Type and number of the field; of a process also of the field in it, of a list the type of its elements. */
const beginnings: readonly (readonly number[])[] = [
  [0x0c, 0, 1, 0x0b, 0, 1],
  [0x0c, 0, 1, 0x0f, 0, 2],
  [0x0f, 0, 2, 0x0c],
  [0x1c, 0x18],
  [0x1c, 0x29],
]
