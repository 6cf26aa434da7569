import { decodeThriftBatch } from '../../../bridge/jaeger-thrift/decode-batch.ts'
import type { Decoded, DecodeOptions } from '../../../bridge/model/decoded.ts'
import { BinaryReader } from '../../../bridge/thrift/binary-reader.ts'
import { CompactReader } from '../../../bridge/thrift/compact-reader.ts'
import type { ThriftProtocol } from '../../../bridge/thrift/thrift-protocol.ts'
import type { ThriftReader } from '../../../bridge/thrift/thrift-reader.ts'
import { ThriftType } from '../../../bridge/thrift/thrift-type.ts'

/** A reader for the Thrift protocol in which a Batch is that begins with this byte. */
export function thriftReaderOf(firstByte: number): ThriftReader {
  return protocolOf(firstByte) === 'compact' ? new CompactReader() : new BinaryReader()
}

/** The compact protocol begins with the step from field 0 to the first one, the binary one with a type. */
function protocolOf(firstByte: number): ThriftProtocol {
  return firstByte >= 0x10 ? 'compact' : 'binary'
}

/**
 * A bare Batch by either protocol.
 *
 * @throws WireError
 */
export function decodeThrift(bytes: Uint8Array, options: DecodeOptions): Decoded {
  return decodeThriftBatch(bytes, options, protocolOf(bytes[0] ?? 0))
}

/**
 * Whether these bytes can begin nothing but a Batch: its process with a service name or tags, or the
 * list of its spans.
 */
export function isThriftBatch(bytes: Uint8Array): boolean {
  return beginnings.some((beginning) => beginning.every((byte, at) => bytes[at] === byte))
}

/** Whether these bytes begin a list of structs whose first field is a 64-bit number, as trace ids are. */
export function isZipkinThrift(bytes: Uint8Array): boolean {
  const isList = bytes[0] === ThriftType.struct
  return isList && bytes[5] === ThriftType.i64 && bytes[6] === 0 && bytes[7] === 1
}

/** Type and number of the field; of a process also of the field in it, of a list the type of its elements. */
const beginnings: readonly (readonly number[])[] = [
  [0x0c, 0, 1, 0x0b, 0, 1],
  [0x0c, 0, 1, 0x0f, 0, 2],
  [0x0f, 0, 2, 0x0c],
  [0x1c, 0x18],
  [0x1c, 0x29],
]
