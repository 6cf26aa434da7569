import type { Scope } from '../model/span.ts'
import type { SpanBatch } from '../model/span-batch.ts'
import { groupCount, SpanField, spanField } from '../model/span-batch.ts'
import { resourceOf, scopeOf, spanOf } from '../otlp/batch-objects.ts'
import { spansByTrace } from '../otlp/select-spans.ts'
import { varintLength, WireWriter } from '../wire/writer.ts'
import { encodeProcess } from './encode-process.ts'
import { spanBody } from './encode-span.ts'

/** Most spans in one chunk; clients of Jaeger never saw more. */
export const chunkSpansMax = 10
/** Most bytes in one chunk, unless its only span has more: well below gRPC's 4 MiB. */
export const chunkBytesMax = 1024 * 1024

/**
 * The spans of a batch as bytes of jaeger.api_v2.SpansResponseChunk messages, made one by one.
 *
 *   1 spans  Span[], each with its whole process
 *
 * A chunk holds at most `chunkSpansMax` spans and `chunkBytesMax` bytes, all of one trace; the chunks
 * of a trace come in a row, traces in the order of their first span, spans as in the batch.
 *
 * Source: jaeger-idl, api_v2/query.proto; jaeger v2.20.0, internal/storage/v2/v1adapter.
 */
export function* encodeSpanChunks(batch: SpanBatch): Generator<Uint8Array, void, undefined> {
  const groups = new Groups(batch)
  for (const spans of spansByTrace(batch).values()) {
    let chunk: Uint8Array[] = []
    let sizeBytes = 0
    for (const span of spans) {
      const body = encodeOne(batch, span, groups)
      const framedBytes = 1 + varintLength(body.length) + body.length
      if (chunk.length === chunkSpansMax || sizeBytes + framedBytes > chunkBytesMax) {
        if (chunk.length > 0) yield framed(chunk, sizeBytes)
        chunk = []
        sizeBytes = 0
      }
      chunk.push(body)
      sizeBytes += framedBytes
    }
    yield framed(chunk, sizeBytes)
  }
}

function encodeOne(batch: SpanBatch, at: number, groups: Groups): Uint8Array {
  const { scope, processBody } = groups.of(spanField(batch, at, SpanField.group))
  return spanBody({ span: spanOf(batch, at), scope, processBody })
}

function framed(spans: readonly Uint8Array[], sizeBytes: number): Uint8Array {
  const writer = new WireWriter(sizeBytes)
  for (const span of spans) writer.bytesAlways(1, span)
  return writer.finish()
}

/** What the spans of one group share, made when the first of them is written. */
interface Group {
  readonly scope: Scope | undefined
  readonly processBody: Uint8Array
}

class Groups {
  readonly #batch: SpanBatch
  readonly #groups: (Group | undefined)[]

  constructor(batch: SpanBatch) {
    this.#batch = batch
    this.#groups = new Array(groupCount(batch)).fill(undefined)
  }

  of(group: number): Group {
    const known = this.#groups[group]
    if (known !== undefined) return known
    const made = {
      scope: scopeOf(this.#batch, group),
      processBody: encodeProcess(resourceOf(this.#batch, group)),
    }
    this.#groups[group] = made
    return made
  }
}
