import assert from 'node:assert/strict'
import type { BatchFacts } from '../../../bridge/jaeger-thrift/batch-facts.ts'
import { ProtoOutput } from '../../../bridge/jaeger-thrift/proto-output.ts'
import { writeMessage } from '../../../bridge/jaeger-thrift/write-message.ts'
import { BinaryReader } from '../../../bridge/thrift/binary-reader.ts'
import { CompactReader } from '../../../bridge/thrift/compact-reader.ts'
import type { ThriftReader } from '../../../bridge/thrift/thrift-reader.ts'

/** A reader for a protocol, as the golden files name it. */
export function readerFor(protocol: string): ThriftReader {
  return protocol.startsWith('compact') ? new CompactReader() : new BinaryReader()
}

/** The batch of a datagram, as bridge/jaeger-proto reads it, and what it tells of its client. */
export function messageOf(
  reader: ThriftReader,
  bytes: Uint8Array,
): { readonly facts: BatchFacts; readonly spans: Uint8Array } {
  const out = new ProtoOutput()
  reader.use(bytes)
  const message = writeMessage(reader, out)
  assert(message.kind === 'batch')
  return { facts: message.facts, spans: out.finish() }
}
