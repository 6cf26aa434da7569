import { decodeBatches } from '../jaeger-proto/decode-request.ts'
import type { Decoded, DecodeOptions } from '../model/decoded.ts'
import { BinaryReader } from '../thrift/binary-reader.ts'
import { CompactReader } from '../thrift/compact-reader.ts'
import type { ThriftProtocol } from '../thrift/thrift-protocol.ts'
import type { ThriftReader } from '../thrift/thrift-reader.ts'
import { WireError } from '../wire/wire-error.ts'
import { ProtoOutput } from './proto-output.ts'
import { writeBatch } from './write-batch.ts'

/**
 * A bare Batch, without a message around it -> the model. Clients post it to a collector by the binary
 * protocol.
 *
 * What the fields mean is said by bridge/jaeger-proto; see `writeBatch`. More batches may follow the
 * first, and are read as well. Bytes behind them that are none are passed over, as Apache Thrift does,
 * and count as one field that nobody knows. A bad span is in `rejected` and the others are kept.
 *
 * Source: jaeger-idl, thrift/jaeger.thrift, struct Batch.
 *
 * @throws WireError when the bytes are no such struct; its offset counts in them
 */
export function decodeThriftBatch(
  bytes: Uint8Array,
  options: DecodeOptions,
  protocol: ThriftProtocol = 'binary',
): Decoded {
  const reader = readers[protocol]
  reader.use(bytes)
  try {
    let { unknownFields } = writeBatch(reader, out)
    while (reader.position < reader.end) unknownFields += writeNext(reader)
    const decoded = decodeBatches(out.written(), options)
    return unknownFields === 0 ? decoded : { ...decoded, skippedFields: unknownFields }
  } finally {
    out.clear()
    reader.use(nothing)
  }
}

/** Writes a further batch, or goes to the end. @returns fields that nobody knows */
function writeNext(reader: ThriftReader): number {
  try {
    return writeBatch(reader, out).unknownFields
  } catch (error) {
    if (!(error instanceof WireError)) throw error
    reader.position = reader.end
    return 1
  }
}

// One batch after the other: nothing of it outlives its call.
const readers = { binary: new BinaryReader(), compact: new CompactReader() } as const
const out = new ProtoOutput()
const nothing = new Uint8Array(0)
