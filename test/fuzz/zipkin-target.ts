import assert from 'node:assert/strict'
import { isUtf8 } from 'node:buffer'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Decoded, DecodeOptions } from '../../bridge/model/decoded.ts'
import { spanCount } from '../../bridge/model/span-batch.ts'
import { groupsOf } from '../../bridge/otlp/batch-objects.ts'
import { BinaryReader } from '../../bridge/thrift/binary-reader.ts'
import { CompactReader } from '../../bridge/thrift/compact-reader.ts'
import type { ThriftReader } from '../../bridge/thrift/thrift-reader.ts'
import { ThriftType } from '../../bridge/thrift/thrift-type.ts'
import { WireError } from '../../bridge/wire/wire-error.ts'
import { decodeZipkinJson } from '../../bridge/zipkin/decode-json.ts'
import { decodeZipkinProto } from '../../bridge/zipkin/decode-proto.ts'
import { decodeZipkinCompactLists, decodeZipkinThrift } from '../../bridge/zipkin/decode-thrift.ts'
import { decodeZipkinV1Json } from '../../bridge/zipkin/decode-v1-json.ts'
import { zipkinSpansOf } from '../../bridge/zipkin/encode-json.ts'
import { zipkinProtoOf } from '../../bridge/zipkin/encode-proto.ts'
import { findSpanList } from '../../bridge/zipkin/find-span-list.ts'
import { projectRoot } from '../project-root.ts'
import { mutateJson } from './mutate-json.ts'
import { mutateThrift } from './mutate-thrift.ts'
import type { FuzzTarget } from './run-fuzz.ts'

const folder = join(projectRoot, 'test/golden/zipkin/in')
const read = (name: string) => new Uint8Array(readFileSync(join(folder, name)))
const options = { arrivalUnixMs: 0, withTerms: true, isRequest: true }

const datagram = read('datagram.agent-0.9.0.compact.bin')
const old = ['old-calls.v1.json', 'old-messages.v1.json', 'old-local.v1.json'].map(read)

/** Zipkin's encodings, each with how it is read and what is changed. */
export const zipkinFormats = {
  'v2 JSON': {
    decode: decodeZipkinJson,
    samples: [read('otel.v2.json'), read('old-calls.zipkin-3.5.1.v2.json')],
  },
  'v2 protobuf': {
    decode: decodeZipkinProto,
    samples: ['otel.v2.json', 'old-calls.zipkin-3.5.1.v2.json'].map((name) =>
      zipkinProtoOf(zipkinSpansOf(groupsOf(decodeZipkinJson(read(name), options).batch))),
    ),
  },
  'v1 JSON': { decode: decodeZipkinV1Json, samples: old },
  'v1 Thrift': {
    decode: decodeZipkinThrift,
    samples: [0, 8, 16, 24].map((first) =>
      someSpans(new BinaryReader(), read('spans.zipkin-3.5.1.v1.thrift.bin'), first, first + 8),
    ),
  },
  // As datagrams bring it; their envelopes are those of Jaeger's.
  'v1 compact Thrift': {
    decode: decodeZipkinCompactLists,
    samples: [0, 8, 16, 24].map((first) =>
      someSpans(new CompactReader(), listOf(datagram), first, first + 8),
    ),
  },
} as const satisfies Record<
  string,
  {
    readonly decode: (bytes: Uint8Array, options: DecodeOptions) => Decoded
    readonly samples: readonly Uint8Array[]
  }
>

/**
 * Bodies of one encoding: each is read or refused with a WireError, and V8's own parser agrees about
 * what is JSON. Whatever is taken is taken again from what we write of it, and needs no repair.
 */
export function zipkinTarget(format: keyof typeof zipkinFormats): FuzzTarget {
  const { decode, samples } = zipkinFormats[format]
  const isJson = format.endsWith('JSON')
  return {
    samples,
    nesting: [],
    ...mutationOf(format),
    check(bytes) {
      const before = Buffer.from(bytes)
      const found = tryDecode(decode, bytes, isJson)
      assert(before.equals(bytes), 'the request is as it was')
      if (found instanceof WireError) return `refused as ${found.code}`
      if (isJson && bytes.length > 0 && isUtf8(bytes)) JSON.parse(before.toString())
      const { batch, rejected, repairs } = found
      const spans = zipkinSpansOf(groupsOf(batch))
      // What is dense enough in one encoding may not be in another.
      const again = decodeZipkinProto(zipkinProtoOf(spans), { ...options, isRequest: false })
      assert.equal(again.rejected.length, 0, 'what was taken once is taken again')
      // A service that another attribute names has no `service.name` in Zipkin either.
      const anew = [...again.repairs.keys()].filter((name) => name !== 'service_name_missing')
      assert.deepEqual(anew, [], 'what was repaired once needs no repair')
      assert.equal(spanCount(again.batch), spanCount(batch))
      if (rejected.length > 0) return spanCount(batch) > 0 ? 'partly rejected' : 'rejected'
      return repairs.size > 0 ? 'repaired' : 'taken'
    },
  }
}

function mutationOf(format: keyof typeof zipkinFormats): Pick<FuzzTarget, 'mutate'> {
  if (format.endsWith('JSON')) return { mutate: mutateJson }
  if (!format.endsWith('Thrift')) return {}
  return { mutate: mutateThrift(format.includes('compact') ? 'compact' : 'binary') }
}

function tryDecode(
  decode: (bytes: Uint8Array, options: DecodeOptions) => Decoded,
  bytes: Uint8Array,
  isJson: boolean,
): Decoded | WireError {
  try {
    return decode(bytes, options)
  } catch (error) {
    if (!(error instanceof WireError)) throw error
    assert(error.offset >= 0 && error.offset <= bytes.length)
    const isSyntax = isJson && (error.code === 'bad_json' || error.code === 'truncated')
    if (isSyntax) assert.throws(() => JSON.parse(Buffer.from(bytes).toString()), SyntaxError)
    return error
  }
}

function listOf(message: Uint8Array): Uint8Array {
  const reader = new CompactReader()
  reader.use(message)
  reader.envelope()
  return findSpanList(reader).list
}

/** A shorter list of the same spans, 14 at most. */
function someSpans(reader: ThriftReader, list: Uint8Array, first: number, end: number): Uint8Array {
  reader.use(list)
  reader.list()
  let start = reader.position
  for (let span = 0; span < end; span++) {
    if (span === first) start = reader.position
    reader.skip(ThriftType.struct)
  }
  const count = end - first
  const isCompact = reader instanceof CompactReader
  const head = Buffer.from(isCompact ? [(count << 4) | 0x0c] : [ThriftType.struct, 0, 0, 0, count])
  return new Uint8Array(Buffer.concat([head, list.subarray(start, reader.position)]))
}
