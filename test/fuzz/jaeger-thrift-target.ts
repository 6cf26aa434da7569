import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { decodeBatches } from '../../bridge/jaeger-proto/decode-request.ts'
import { decodeThriftBatch } from '../../bridge/jaeger-thrift/decode-batch.ts'
import { encodeThriftBatches } from '../../bridge/jaeger-thrift/encode-batches.ts'
import { ProtoOutput } from '../../bridge/jaeger-thrift/proto-output.ts'
import type { Message } from '../../bridge/jaeger-thrift/write-message.ts'
import { writeMessage } from '../../bridge/jaeger-thrift/write-message.ts'
import type { Decoded } from '../../bridge/model/decoded.ts'
import { spanBytesMin, sparseSpansMax } from '../../bridge/model/request-density.ts'
import type { SpanBatch } from '../../bridge/model/span-batch.ts'
import { spanCount } from '../../bridge/model/span-batch.ts'
import { groupsOf } from '../../bridge/otlp/batch-objects.ts'
import { BinaryReader } from '../../bridge/thrift/binary-reader.ts'
import { CompactReader } from '../../bridge/thrift/compact-reader.ts'
import type { ThriftProtocol } from '../../bridge/thrift/thrift-protocol.ts'
import { WireError } from '../../bridge/wire/wire-error.ts'
import { projectRoot } from '../project-root.ts'
import { mutateThrift } from './mutate-thrift.ts'
import type { FuzzTarget } from './run-fuzz.ts'

const folder = join(projectRoot, 'test/golden/jaeger-thrift')

/**
 * Datagrams of one protocol: each is read or refused with a WireError, and refused leaves nothing.
 * What is written of it is framed well, in proportion, and has every span taken or rejected.
 */
export function jaegerThriftTarget(protocol: ThriftProtocol): FuzzTarget {
  const reader = protocol === 'compact' ? new CompactReader() : new BinaryReader()
  const out = new ProtoOutput()
  return {
    samples: samplesOf((way) => way.startsWith(protocol) && !way.endsWith('-batch')),
    nesting: [],
    mutate: mutateThrift(protocol),
    check(bytes) {
      reader.use(bytes)
      const message = tryWrite(bytes)
      if (message === undefined) return 'refused'
      if (message.kind === 'unknown_method') return message.kind
      // An id of one byte becomes 18 bytes at most.
      assert(out.size <= 16 * bytes.length + 64, 'the output is out of proportion')
      const { batch, rejected } = decodeBatches(out.finish(), { arrivalUnixMs: 0, withTerms: true })
      assert.equal(spanCount(batch) + rejected.length, message.facts.spans)
      assert(message.facts.spans <= spansMax(bytes))
      if (rejected.length > 0) return 'rejected'
      return message.facts.unknownFields > 0 ? 'fields skipped' : 'taken'
    },
  }

  function tryWrite(bytes: Uint8Array): Message | undefined {
    try {
      return writeMessage(reader, out)
    } catch (error) {
      if (!(error instanceof WireError)) throw error
      assert(error.offset >= 0 && error.offset <= bytes.length)
      assert.equal(out.size, 0, 'nothing is left of a refused message')
      return undefined
    }
  }
}

/**
 * Bodies of HTTP requests, bare batches: each is decoded or refused with a WireError. All
 * that was taken is written again, and read once more.
 */
export function thriftBatchTarget(protocol: ThriftProtocol): FuzzTarget {
  return {
    samples: samplesOf((way) => way === `${protocol}-batch`),
    nesting: [],
    mutate: mutateThrift(protocol),
    check(bytes) {
      const decoded = tryDecode(bytes, protocol)
      if (decoded === undefined) return 'refused'
      const { batch, rejected, skippedFields = 0 } = decoded
      assert(spanCount(batch) + rejected.length <= spansMax(bytes))
      checkWritten(batch, protocol)
      if (rejected.length > 0) return 'rejected'
      return skippedFields > 0 ? 'fields skipped' : 'taken'
    },
  }
}

/** What so many bytes are taken to hold. */
function spansMax(bytes: Uint8Array): number {
  return sparseSpansMax + bytes.length / spanBytesMin
}

function tryDecode(bytes: Uint8Array, protocol: ThriftProtocol): Decoded | undefined {
  try {
    return decodeThriftBatch(bytes, { arrivalUnixMs: 0, withTerms: true }, protocol)
  } catch (error) {
    if (!(error instanceof WireError)) throw error
    assert(error.offset >= 0 && error.offset <= bytes.length)
    return undefined
  }
}

function checkWritten(batch: SpanBatch, protocol: ThriftProtocol): void {
  const groups = groupsOf(batch)
  const { batches } = encodeThriftBatches(groups, protocol)
  let spans = 0
  for (const written of batches) {
    const again = decodeThriftBatch(written, { arrivalUnixMs: 0 }, protocol)
    assert.equal(again.skippedFields, undefined)
    assert.deepEqual(again.rejected, [])
    spans += spanCount(again.batch)
  }
  assert.equal(spans, spanCount(batch))
}

/** Golden files by how they were written. */
function samplesOf(isWanted: (way: string) => boolean): readonly Uint8Array[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.bin') && !name.startsWith('many.'))
    .filter((name) => isWanted(name.split('.')[1] ?? ''))
    .map((name) => new Uint8Array(readFileSync(join(folder, name))))
}
