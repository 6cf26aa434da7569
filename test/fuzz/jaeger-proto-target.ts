import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { decodePostSpansRequest } from '../../bridge/jaeger-proto/decode-request.ts'
import {
  chunkBytesMax,
  chunkSpansMax,
  encodeSpanChunks,
} from '../../bridge/jaeger-proto/encode-chunks.ts'
import type { Decoded } from '../../bridge/model/decoded.ts'
import type { SpanBatch } from '../../bridge/model/span-batch.ts'
import { batchSizeBytes, SpanField, spanCount, spanField } from '../../bridge/model/span-batch.ts'
import { groupsOf } from '../../bridge/otlp/batch-objects.ts'
import { indexSpans } from '../../bridge/otlp/index-spans.ts'
import { WireReader } from '../../bridge/wire/reader.ts'
import { WireError } from '../../bridge/wire/wire-error.ts'
import { WireWriter } from '../../bridge/wire/writer.ts'
import { foreignChunkSpans } from '../bridge/jaeger-proto/foreign-decode.ts'
import { jaegerProtoFile } from '../golden/golden-names.ts'
import { projectRoot } from '../project-root.ts'
import type { FuzzTarget } from './run-fuzz.ts'

const folder = join(projectRoot, 'test/golden/jaeger-proto')
// The one with 100 spans is left out: it is changed no better than a small one, only slower.
const names = readdirSync(folder).filter(
  (name) => name.endsWith(jaegerProtoFile.request) && !name.startsWith('jaeger-many.'),
)

/**
 * PostSpans requests: an input is decoded or refused with a WireError within its bounds. Whatever is
 * taken is indexed as a walk over its bytes would, is written as api_v2 that protobufjs reads, and posting that again changes nothing more.
 */
export const jaegerProtoTarget: FuzzTarget = {
  samples: names.map((name) => new Uint8Array(readFileSync(join(folder, name)))),
  // Span.references; Jaeger's messages do not nest in themselves, so these are unknown fields.
  nesting: [0x22, 0x0a],
  check(bytes) {
    const decoded = tryDecode(bytes)
    if (decoded === undefined) return 'refused'
    const { batch, rejected } = decoded
    // A span of 30 bytes without a name, with a time that cannot be held, is the worst.
    assert(batchSizeBytes(batch) <= 24 * bytes.length + 4096, 'the batch is out of proportion')
    assert(rejected.length <= bytes.length, 'more spans are rejected than there were')
    assert.equal(groupsOf(batch).flatMap((group) => group.spans).length, spanCount(batch))
    assertIndex(batch)
    const chunks = [...encodeSpanChunks(batch)]
    for (const chunk of chunks) {
      const spans = foreignChunkSpans(chunk)
      assert(spans >= 1 && spans <= chunkSpansMax)
      assert(chunk.length <= chunkBytesMax || spans === 1)
    }
    const again = decodePostSpansRequest(requestOf(chunks), { arrivalUnixMs: 0 })
    assert.deepEqual(again.rejected, [], 'what was taken once is taken again')
    assert.equal(again.repairs.size, 0, 'what was repaired once needs no repair')
    // The first time, an HTTP status may decide what an unknown otel.status_code left open.
    const second = [...encodeSpanChunks(again.batch)]
    const third = decodePostSpansRequest(requestOf(second), { arrivalUnixMs: 0 })
    assert.deepEqual(bodies([...encodeSpanChunks(third.batch)]), bodies(second))
    if (rejected.length > 0) return spanCount(batch) > 0 ? 'partly rejected' : 'rejected'
    return decoded.repairs.size > 0 ? 'repaired' : 'taken'
  },
}

/** What was noted while spans were written is what a walk over the written bytes finds. */
function assertIndex(batch: SpanBatch): void {
  const kept = new Uint32Array(spanCount(batch) * 3)
  for (let span = 0; span < spanCount(batch); span++) {
    kept[span * 3] = spanField(batch, span, SpanField.group)
    kept[span * 3 + 1] = spanField(batch, span, SpanField.offset)
    kept[span * 3 + 2] = spanField(batch, span, SpanField.length)
  }
  const again = indexSpans({ ...batch, spans: kept }, true)
  assert.deepEqual(columns(again), columns(batch))
}

/** Every number of the index, as texts: comparing arrays number by number takes ten times as long. */
function columns({ groups, spans, times, terms }: SpanBatch): Record<string, string> {
  const arrays = { groups, spans, times, ...terms }
  return Object.fromEntries(Object.entries(arrays).map(([name, array]) => [name, array.join()]))
}

/** The spans of the chunks as one request: both messages hold them in field 1. */
function requestOf(chunks: readonly Uint8Array[]): Uint8Array {
  const writer = new WireWriter()
  writer.bytesAlways(1, Buffer.concat(chunks))
  return writer.finish()
}

function bodies(chunks: readonly Uint8Array[]): string[] {
  const found: string[] = []
  for (const chunk of chunks) {
    const reader = new WireReader(chunk)
    while (reader.more()) {
      reader.tag()
      found.push(Buffer.from(reader.slice()).toString('latin1'))
    }
  }
  return found.sort()
}

function tryDecode(bytes: Uint8Array): Decoded | undefined {
  try {
    return decodePostSpansRequest(bytes, { arrivalUnixMs: 0, withTerms: true })
  } catch (error) {
    if (!(error instanceof WireError)) throw error
    assert(error.offset >= 0 && error.offset <= bytes.length)
    return undefined
  }
}
