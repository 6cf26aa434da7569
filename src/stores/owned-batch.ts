import type { SpanBatch } from '../../bridge/model/span-batch.ts'

/**
 * A batch that can go to another thread: its buffers hold nothing else, so that they can be
 * transferred. Copies what it must: pass `copyAll` for a batch that somebody else still reads. What is
 * in shared memory stays where it is, and both threads have it.
 */
export function ownedBatch(batch: SpanBatch, copyAll = false): SpanBatch {
  const mustCopy = ({ buffer, byteLength }: ArrayBufferView): boolean =>
    buffer instanceof ArrayBuffer && (copyAll || buffer.byteLength > byteLength)
  const bytes = (view: Uint8Array): Uint8Array => (mustCopy(view) ? new Uint8Array(view) : view)
  const words = (view: Uint32Array): Uint32Array => (mustCopy(view) ? new Uint32Array(view) : view)
  const { terms } = batch
  return {
    bytes: bytes(batch.bytes),
    groups: words(batch.groups),
    spans: words(batch.spans),
    times: mustCopy(batch.times) ? new Float64Array(batch.times) : batch.times,
    arrivalUnixMs: batch.arrivalUnixMs,
    ...(terms === undefined
      ? {}
      : {
          terms: {
            names: words(terms.names),
            keys: words(terms.keys),
            values: words(terms.values),
            starts: words(terms.starts),
          },
        }),
  }
}
