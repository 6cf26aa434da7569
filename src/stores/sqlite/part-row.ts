import { createHash } from 'node:crypto'
import type { SpanBatch } from '../../../bridge/model/span-batch.ts'
import {
  durationMicros,
  GroupField,
  groupSlice,
  SpanField,
  spanCount,
  spanField,
  startMicros,
} from '../../../bridge/model/span-batch.ts'
import { decodeRequest } from '../../../bridge/otlp/decode-request.ts'
import { encodeTracesData, splitTracesData } from '../../../bridge/otlp/encode-traces-data.ts'
import { selectSpans, spansByTrace } from '../../../bridge/otlp/select-spans.ts'
import { GatewayError } from '../../errors/gateway-error.ts'
import { indexedStartMicros } from '../../search/indexed-start.ts'
import { bodyBytesMax, bodyFormat, serviceBitIndex } from './format.ts'

/** One row of `part`, without its tenant. */
export interface PartRow {
  readonly traceId: Uint8Array
  /** 16 bytes; see `bodyKey`. */
  readonly key: Uint8Array
  readonly arrivalUnixMs: number
  readonly retentionMs: number
  readonly startMinMicros: number
  readonly startMaxMicros: number
  readonly durationMaxMicros: number
  readonly serviceBits: number
  readonly spanCount: number
  readonly body: Uint8Array
}

/** The key of a part within its trace: 16 bytes of SHA-256 over its body, format byte included. */
export function bodyKey(body: Uint8Array): Uint8Array {
  return createHash('sha256').update(body).digest().subarray(0, 16)
}

/** The rows of a request: its spans by trace, cut where a trace's spans are many. */
export function rowsOf(batch: SpanBatch, retentionMs: number): PartRow[] {
  const rows: PartRow[] = []
  for (const [traceHex, spans] of spansByTrace(batch)) {
    const traceId = Buffer.from(traceHex, 'hex')
    if (bytesOf(batch, spans) <= bodyBytesMax) {
      const body = encodeTracesData(batch, spans)
      if (body.length <= bodyBytesMax || spans.length === 1) {
        rows.push(rowOf({ batch, spans, traceId, body, retentionMs }))
        continue
      }
    }
    // Seldom, so that decoding each piece for its bounds costs nothing that matters.
    for (const body of splitTracesData(selectSpans(batch, spans), bodyBytesMax)) {
      const piece = decodeStored(body, batch.arrivalUnixMs)
      const all = Array.from({ length: spanCount(piece) }, (_, span) => span)
      rows.push(rowOf({ batch: piece, spans: all, traceId, body, retentionMs }))
    }
  }
  return rows
}

/**
 * The spans of a stored body.
 *
 * @throws GatewayError 'store_corrupt' when it cannot be read
 */
export function decodeBody(body: Uint8Array, arrivalUnixMs: number): SpanBatch {
  if (body[0] !== bodyFormat) {
    throw new GatewayError(
      'store_corrupt',
      `Cannot read stored spans: the body has format ${body[0]}, must be ${bodyFormat}`,
    )
  }
  return decodeStored(body.subarray(1), arrivalUnixMs)
}

function decodeStored(bytes: Uint8Array, arrivalUnixMs: number): SpanBatch {
  try {
    return decodeRequest(bytes, { arrivalUnixMs }).batch
  } catch (cause) {
    const state = cause instanceof Error ? cause.message : String(cause)
    throw new GatewayError('store_corrupt', `Cannot read stored spans: ${state}`, { cause })
  }
}

interface RowParts {
  readonly batch: SpanBatch
  /** Those of the batch that the body holds. */
  readonly spans: readonly number[]
  readonly traceId: Uint8Array
  /** TracesData bytes. */
  readonly body: Uint8Array
  readonly retentionMs: number
}

function rowOf({ batch, spans, traceId, body, retentionMs }: RowParts): PartRow {
  const arrivalUnixMs = batch.arrivalUnixMs
  let startMinMicros = Number.MAX_SAFE_INTEGER
  let startMaxMicros = 0
  let durationMaxMicros = 0
  const services = new Set<number>()
  const groups = new Set<number>()
  for (const span of spans) {
    const start = startMicros(batch, span)
    const indexed = indexedStartMicros({ startMicros: start, arrivalUnixMs, retentionMs })
    startMinMicros = Math.min(startMinMicros, indexed)
    startMaxMicros = Math.max(startMaxMicros, indexed)
    durationMaxMicros = Math.max(durationMaxMicros, durationMicros(batch, span))
    groups.add(spanField(batch, span, SpanField.group))
  }
  for (const group of groups) {
    services.add(serviceBitIndex(groupSlice(batch, group, GroupField.serviceName)))
  }
  let serviceBits = 0
  for (const bit of services) serviceBits += 2 ** bit
  const stored = new Uint8Array(body.length + 1)
  stored[0] = bodyFormat
  stored.set(body, 1)
  return {
    traceId,
    key: bodyKey(stored),
    arrivalUnixMs: Math.floor(arrivalUnixMs),
    retentionMs,
    startMinMicros,
    startMaxMicros,
    durationMaxMicros,
    serviceBits,
    spanCount: spans.length,
    body: stored,
  }
}

function bytesOf(batch: SpanBatch, spans: readonly number[]): number {
  let size = 0
  for (const span of spans) size += spanField(batch, span, SpanField.length)
  return size
}
