import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { decodeBatches } from '../../bridge/jaeger-proto/decode-request.ts'
import { ProtoOutput } from '../../bridge/jaeger-thrift/proto-output.ts'
import type { Message } from '../../bridge/jaeger-thrift/write-message.ts'
import { writeMessage } from '../../bridge/jaeger-thrift/write-message.ts'
import { spanCount } from '../../bridge/model/span-batch.ts'
import { BinaryReader } from '../../bridge/thrift/binary-reader.ts'
import { CompactReader } from '../../bridge/thrift/compact-reader.ts'
import { WireError } from '../../bridge/wire/wire-error.ts'
import { projectRoot } from '../project-root.ts'
import type { FuzzTarget } from './run-fuzz.ts'

const folder = join(projectRoot, 'test/golden/jaeger-thrift')

/**
 * Datagrams of one protocol: each is read or refused with a WireError, and refused leaves nothing.
 * What is written of it is framed well, in proportion, and has every span taken or rejected.
 */
export function jaegerThriftTarget(protocol: 'compact' | 'binary'): FuzzTarget {
  const names = readdirSync(folder).filter(
    (name) => name.includes(`.${protocol}`) && name.endsWith('.bin') && !name.startsWith('many.'),
  )
  const reader = protocol === 'compact' ? new CompactReader() : new BinaryReader()
  const out = new ProtoOutput()
  return {
    samples: names.map((name) => new Uint8Array(readFileSync(join(folder, name)))),
    nesting: [0x0f, 0x0c],
    check(bytes) {
      reader.use(bytes)
      const message = tryWrite(bytes)
      if (message === undefined) return 'refused'
      if (message.kind === 'unknown_method') return message.kind
      // An id of one byte becomes 18 bytes at most.
      assert(out.size <= 16 * bytes.length + 64, 'the output is out of proportion')
      const { batch, rejected } = decodeBatches(out.finish(), { arrivalUnixMs: 0, withTerms: true })
      assert.equal(spanCount(batch) + rejected.length, message.facts.spans)
      assert(message.facts.spans <= bytes.length)
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
