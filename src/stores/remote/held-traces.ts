import type { SpanBatch } from '../../../bridge/model/span-batch.ts'
import { batchSizeBytes } from '../../../bridge/model/span-batch.ts'
import type { TracePart } from './trace-parts.ts'

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

  constructor(bytesMax: number) {
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

  /** The parts of a trace where all of them are held; from then on they are the caller's. */
  take(traceId: string): readonly SpanBatch[] | undefined {
    const held = this.#traces.get(traceId)
    this.drop(traceId)
    return held?.parts
  }

  /** Forgets a trace that is not wanted. */
  drop(traceId: string): void {
    this.#sizeBytes -= this.#traces.get(traceId)?.sizeBytes ?? 0
    this.#traces.delete(traceId)
  }
}
