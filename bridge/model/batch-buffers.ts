import type { SpanBatch } from './span-batch.ts'

/** The buffers behind all arrays of a batch, each once, to transfer them with it. */
export function buffersOf(batch: SpanBatch): ArrayBuffer[] {
  const { bytes, groups, spans, times, terms } = batch
  return buffersOfViews([bytes, groups, spans, times, ...Object.values(terms ?? {})])
}

/** The buffers of views, each once; shared memory is not transferred. */
export function buffersOfViews(views: readonly ArrayBufferView[]): ArrayBuffer[] {
  const buffers = new Set<ArrayBuffer>()
  for (const { buffer } of views) if (buffer instanceof ArrayBuffer) buffers.add(buffer)
  return [...buffers]
}
