import { hexOf } from '../../../bridge/model/identifier.ts'
import type { SpanBatch } from '../../../bridge/model/span-batch.ts'
import { batchSizeBytes } from '../../../bridge/model/span-batch.ts'
import type { ReadSpans } from '../found-traces.ts'
import { eachOnce } from '../found-traces.ts'
import type { TracePart } from './trace-parts.ts'

/** What one search may hold. */
const heldBytesMax = 4 * 1024 * 1024

/**
 * Parts of traces that a search has read, up to so many bytes: whoever searches mostly wants to see what was
 * found. Each is given away once.
 */
export class HeldTraces {
  readonly #bytesMax: number
  readonly #traces = new Map<string, { readonly parts: SpanBatch[]; sizeBytes: number }>()
  /** Of which something was let go. */
  readonly #tooLong = new Set<string>()
  #sizeBytes = 0

  constructor(bytesMax = heldBytesMax) {
    this.#bytesMax = bytesMax
  }

  add({ traceId, batch }: TracePart): void {
    if (this.#tooLong.has(traceId)) return
    const sizeBytes = batchSizeBytes(batch)
    if (this.#sizeBytes + sizeBytes > this.#bytesMax) {
      this.drop(traceId)
      this.#tooLong.add(traceId)
      return
    }
    const held = this.#traces.get(traceId) ?? { parts: [], sizeBytes: 0 }
    this.#traces.set(traceId, held)
    held.parts.push(batch)
    held.sizeBytes += sizeBytes
    this.#sizeBytes += sizeBytes
  }

  /**
   * The spans of a trace, each once: those that are held where all of them are, from then on the caller's.
   *
   * @param read reads it again
   * @param check throws when nobody wants the rest any more
   */
  spans(traceId: Uint8Array, read: ReadSpans, check: () => void): AsyncIterable<SpanBatch> {
    const text = hexOf(traceId)
    const parts = this.#traces.get(text)?.parts
    this.drop(text)
    return parts === undefined ? read(traceId) : eachOnce(inTurn(parts, check))
  }

  /** Forgets a trace that is not wanted. */
  drop(traceId: string): void {
    this.#sizeBytes -= this.#traces.get(traceId)?.sizeBytes ?? 0
    this.#traces.delete(traceId)
  }
}

async function* inTurn(
  parts: readonly SpanBatch[],
  check: () => void,
): AsyncGenerator<SpanBatch, void, void> {
  for (const part of parts) {
    check()
    yield part
  }
}
