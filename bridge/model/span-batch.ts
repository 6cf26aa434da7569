import { latin1Of } from '../wire/bytes-text.ts'

/**
 * Many spans as their encoded OTLP bytes, with an index over them (docs/adr/0001-model-is-otlp.md).
 *
 * The ingest path carries this form and builds no object per span: the index is three typed arrays
 * of fixed stride over one byte array, so a batch moves to another thread as plain buffers. Every
 * offset points into `bytes`; a length of 0 means that the field is absent or empty. The bytes
 * between the slices (the framing of the request that brought them) have no meaning.
 *
 * Times are whole microseconds as `number`: they decide windows, order and durations, which compare
 * truncated microseconds in every store (docs/adr/0003-span-identity.md); nanoseconds stay in the
 * bytes. This file is the one place where the model is not bigint nanoseconds, because a bigint per
 * span costs more than the walk over its bytes.
 */
export interface SpanBatch {
  readonly bytes: Uint8Array
  /** `groupStride` numbers for each (resource, scope) pair; see `GroupField`. */
  readonly groups: Uint32Array
  /** `spanStride` numbers for each span; see `SpanField`. */
  readonly spans: Uint32Array
  /** Two numbers for each span: start since the epoch and duration (never negative), in µs. */
  readonly times: Float64Array
  /** When the spans reached us, ms since the epoch. Stamped by the receiver; never in a key. */
  readonly arrivalUnixMs: number
  /** What the spans can be found by; only where decoding was asked for it. */
  readonly terms?: SpanTerms
}

/** Hashes of names and attributes of the spans of a batch; bridge/model/term-hash.ts. */
export interface SpanTerms {
  /** One for each span: of its name. */
  readonly names: Uint32Array
  /** Of the keys of each span's attributes, those of its events and links among them. */
  readonly keys: Uint32Array
  /** Of the values of these attributes, one for each scalar. */
  readonly values: Uint32Array
  /** Two numbers for each span, where its keys and its values begin; two more end the last one. */
  readonly starts: Uint32Array
}

/** Numbers kept for each group. */
export const groupStride = 14

/** Where each slice of a group lies: index of its offset, its length is the next number. */
export const GroupField = {
  /** Body of the Resource message. */
  resource: 0,
  resourceSchemaUrl: 2,
  /** Fields of ResourceSpans that we do not know, with their tags. */
  resourceUnknown: 4,
  /** Body of the InstrumentationScope message. */
  scope: 6,
  scopeSchemaUrl: 8,
  /** Fields of ScopeSpans that we do not know, with their tags. */
  scopeUnknown: 10,
  /** UTF-8 text of the resource attribute `service.name`, if it is a string. */
  serviceName: 12,
} as const

/** Numbers kept for each span. */
export const spanStride = 13

/** What each number of a span is. */
export const SpanField = {
  /** Index of its group. */
  group: 0,
  /** Body of the Span message, verbatim. */
  offset: 1,
  length: 2,
  /** 16 bytes. */
  traceId: 3,
  /** 8 bytes. */
  spanId: 4,
  /** 8 bytes at this offset, or `absent`. */
  parentSpanId: 5,
  name: 6,
  nameLength: 7,
  kind: 8,
  statusCode: 9,
  /** Upper 24 bits of the 56-bit rejection threshold `ot=th` of the trace state, or `absent`. */
  thresholdHigh: 10,
  /** Lower 32 bits of it. */
  thresholdLow: 11,
  /** What `times` leaves out, ns: of the start, plus 1,000 times that of the duration. */
  nanoRemainders: 12,
} as const

/** Marks an optional number that is not there. */
export const absent = 0xffff_ffff

/** How many spans the batch holds. */
export function spanCount(batch: SpanBatch): number {
  return batch.spans.length / spanStride
}

/** How many (resource, scope) pairs the batch holds. */
export function groupCount(batch: SpanBatch): number {
  return batch.groups.length / groupStride
}

/** One number of the index; `span` counts from 0. */
export function spanField(batch: SpanBatch, span: number, field: number): number {
  return batch.spans[span * spanStride + field] as number
}

/** A slice of a group, without copying; empty when it is absent. */
export function groupSlice(batch: SpanBatch, group: number, field: number): Uint8Array {
  const at = group * groupStride + field
  const offset = batch.groups[at] as number
  return batch.bytes.subarray(offset, offset + (batch.groups[at + 1] as number))
}

/** The bytes of a group's resource as a key of a Map: groups of the same bytes have the same. */
export function resourceKey(batch: SpanBatch, group: number): string {
  return latin1Of(groupSlice(batch, group, GroupField.resource))
}

/** The body of the Span message as it is stored, without copying. */
export function spanBytes(batch: SpanBatch, span: number): Uint8Array {
  const offset = spanField(batch, span, SpanField.offset)
  return batch.bytes.subarray(offset, offset + spanField(batch, span, SpanField.length))
}

/** The 16 bytes of the trace id, without copying. */
export function traceIdBytes(batch: SpanBatch, span: number): Uint8Array {
  const offset = spanField(batch, span, SpanField.traceId)
  return batch.bytes.subarray(offset, offset + 16)
}

/** The 8 bytes of the span id, without copying. */
export function spanIdBytes(batch: SpanBatch, span: number): Uint8Array {
  const offset = spanField(batch, span, SpanField.spanId)
  return batch.bytes.subarray(offset, offset + 8)
}

/** The 8 bytes of the parent's id, without copying; undefined for a root. */
export function parentSpanIdBytes(batch: SpanBatch, span: number): Uint8Array | undefined {
  const offset = spanField(batch, span, SpanField.parentSpanId)
  return offset === absent ? undefined : batch.bytes.subarray(offset, offset + 8)
}

/** The UTF-8 bytes of the operation name, without copying. */
export function nameBytes(batch: SpanBatch, span: number): Uint8Array {
  const offset = spanField(batch, span, SpanField.name)
  return batch.bytes.subarray(offset, offset + spanField(batch, span, SpanField.nameLength))
}

/** Start in whole microseconds since the epoch, truncated; 2^53 - 1 where it would be more. */
export function startMicros(batch: SpanBatch, span: number): number {
  return batch.times[span * 2] as number
}

/** Duration in whole microseconds, truncated; 0 when the end is not after the start. */
export function durationMicros(batch: SpanBatch, span: number): number {
  return batch.times[span * 2 + 1] as number
}

/** Bytes that the batch holds in memory, index included. */
export function batchSizeBytes(batch: SpanBatch): number {
  return (
    batch.bytes.byteLength +
    batch.groups.byteLength +
    batch.spans.byteLength +
    batch.times.byteLength
  )
}

/**
 * The sampling threshold that the span carries (`ot=th`, 56 bits): a span was kept because its
 * randomness was at least this, so it stands for 2^56 / (2^56 - threshold) spans. Undefined where
 * the trace state has none.
 *
 * Source: OpenTelemetry specification, trace/tracestate-probability-sampling.md.
 */
export function samplingThreshold(batch: SpanBatch, span: number): bigint | undefined {
  const high = spanField(batch, span, SpanField.thresholdHigh)
  if (high === absent) return undefined
  return (BigInt(high) << 32n) | BigInt(spanField(batch, span, SpanField.thresholdLow))
}
