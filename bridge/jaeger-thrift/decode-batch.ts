import { decodeBatches } from '../jaeger-proto/decode-request.ts'
import type { Decoded, DecodeOptions } from '../model/decoded.ts'
import type { RequestDensity } from '../model/request-density.ts'
import { BinaryReader } from '../thrift/binary-reader.ts'
import { CompactReader } from '../thrift/compact-reader.ts'
import type { ThriftProtocol } from '../thrift/thrift-protocol.ts'
import type { ThriftReader } from '../thrift/thrift-reader.ts'
import { WireError } from '../wire/wire-error.ts'
import type { BatchFacts } from './batch-facts.ts'
import { ProtoOutput } from './proto-output.ts'
import { densityOf, writeBatch } from './write-batch.ts'

/**
 * A bare Batch, without a message around it -> the model. Clients post it to a collector by the binary
 * protocol.
 *
 * What the fields mean is said by bridge/jaeger-proto; see `writeBatch`. More batches may follow the
 * first, and are read as well. Bytes behind them that are none are passed over, as Apache Thrift does,
 * and count as one field that nobody knows; zeros are batches of nothing. So do `seqNo` and `stats`,
 * which tell of datagrams. A bad span is in `rejected` and the others are kept.
 *
 * Source: jaeger-idl, thrift/jaeger.thrift, struct Batch.
 *
 * @throws WireError when the bytes are no such struct, and for more elements than they can really hold
 * (model/request-density.ts); its offset counts in them
 */
export function decodeThriftBatch(
  bytes: Uint8Array,
  options: DecodeOptions,
  protocol: ThriftProtocol = 'binary',
): Decoded {
  const reader = readers[protocol]
  reader.use(bytes)
  try {
    const density = densityOf(reader, options.onItems)
    let lost = lostFacts(writeBatch(reader, out, density))
    while (skipEmpty(reader)) lost += writeNext(reader, density)
    return withSkipped(decodeBatches(out.written(), options), lost)
  } finally {
    out.clear()
    reader.use(nothing)
  }
}

/** Goes behind zeros, each of which is a whole batch of nothing. @returns whether anything is left */
function skipEmpty(reader: ThriftReader): boolean {
  const { bytes, end } = reader
  let at = reader.position
  while (at < end && bytes[at] === 0) at += 1
  reader.position = at
  return at < end
}

/** Writes a further batch, or goes to the end. @returns fields that nobody knows */
function writeNext(reader: ThriftReader, density: RequestDensity): number {
  try {
    return lostFacts(writeBatch(reader, out, density))
  } catch (error) {
    if (!(error instanceof WireError) || error.code === 'too_many') throw error
    reader.position = reader.end
    return 1
  }
}

/** Fields of a batch whose values nobody takes, where it did not come by a datagram. */
export function lostFacts({ unknownFields, seqNo, stats }: BatchFacts): number {
  return unknownFields + (seqNo === undefined ? 0 : 1) + (stats === undefined ? 0 : 1)
}

/** What was decoded, with further fields that were lost before. */
export function withSkipped(decoded: Decoded, skipped: number): Decoded {
  if (skipped === 0) return decoded
  return { ...decoded, skippedFields: (decoded.skippedFields ?? 0) + skipped }
}

// One batch after the other: nothing of it outlives its call.
const readers = { binary: new BinaryReader(), compact: new CompactReader() } as const
const out = new ProtoOutput()
const nothing = new Uint8Array(0)
