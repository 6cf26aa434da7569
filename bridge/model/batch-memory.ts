import { groupStride, spanStride } from './span-batch.ts'

/**
 * Arrays for the index of one batch (bridge/model/span-batch.ts), to be used for one batch after the
 * other: making and collecting new ones for each request costs more than filling them.
 *
 * A batch that was decoded into them is gone when the next one is. A batch with more spans or terms
 * than they hold gets larger arrays of its own.
 */
export interface BatchMemory {
  /** For spans that are not kept as they came, but written as OTLP. */
  readonly bytes: Uint8Array
  readonly groups: Uint32Array
  readonly spans: Uint32Array
  readonly times: Float64Array
  readonly names: Uint32Array
  readonly starts: Uint32Array
  readonly keys: Uint32Array
  readonly values: Uint32Array
}

/** What a `BatchMemory` has room for. */
export interface BatchRoom {
  readonly groups: number
  readonly spans: number
  /** Keys of attributes, and as many values. */
  readonly terms: number
  readonly bytes: number
}

/** Lays the arrays out in two buffers that are made by `allocate`. */
export function createBatchMemory(
  { groups, spans, terms, bytes }: BatchRoom,
  allocate: (sizeBytes: number) => ArrayBufferLike,
): BatchMemory {
  const words = groups * groupStride + spans * spanStride + spans + (spans * 2 + 2) + terms * 2
  const timesBytes = spans * 2 * Float64Array.BYTES_PER_ELEMENT
  const buffer = allocate(timesBytes + words * Uint32Array.BYTES_PER_ELEMENT)
  let at = timesBytes
  const take = (length: number): Uint32Array => {
    const array = new Uint32Array(buffer, at, length)
    at += array.byteLength
    return array
  }
  return {
    bytes: new Uint8Array(allocate(bytes)),
    times: new Float64Array(buffer, 0, spans * 2),
    groups: take(groups * groupStride),
    spans: take(spans * spanStride),
    names: take(spans),
    starts: take(spans * 2 + 2),
    keys: take(terms),
    values: take(terms),
  }
}
