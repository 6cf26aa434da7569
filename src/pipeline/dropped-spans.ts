import type { SpanBatch } from '../../bridge/model/span-batch.ts'
import { spanCount, spanIdBytes, traceIdBytes } from '../../bridge/model/span-batch.ts'
import type { DroppedSpan, DroppedSpansView } from '../ports/dropped-spans.ts'

/**
 * Remembers which spans were dropped, so that a trace can say why one of them is missing: a number for each, the
 * newest so many of them, or somewhat fewer, but half at least. Another span is taken for one of 100,000 once in 10^11.
 *
 * Two maps by turns: who drops much has no time to look for the oldest, and a map whose first entries are deleted goes
 * through the gaps that they leave.
 */
export class DroppedSpans implements DroppedSpansView {
  readonly #spansMax: number
  #newer = new Map<number, DroppedSpan>()
  #older: ReadonlyMap<number, DroppedSpan> = new Map()

  constructor(spansMax = 100_000) {
    this.#spansMax = spansMax
  }

  /** Notes all spans of a batch; the last ones of it where it has more than can be remembered. */
  note(tenant: string, batch: SpanBatch, reason: string): void {
    const dropped: DroppedSpan = { reason, unixMs: Date.now() }
    const count = spanCount(batch)
    for (let span = Math.max(0, count - this.#spansMax); span < count; span++) {
      const key = keyOf(tenant, traceIdBytes(batch, span), spanIdBytes(batch, span))
      this.#newer.set(key, dropped)
      if (this.#newer.size * 2 < this.#spansMax) continue
      this.#older = this.#newer
      this.#newer = new Map()
    }
  }

  find(tenant: string, traceId: Uint8Array, spanId: Uint8Array): DroppedSpan | undefined {
    const key = keyOf(tenant, traceId, spanId)
    return this.#newer.get(key) ?? this.#older.get(key)
  }
}

/** 53 bits of two hashes. */
function keyOf(tenant: string, traceId: Uint8Array, spanId: Uint8Array): number {
  let one = 0x811c_9dc5
  let other = 0x1b87_3593
  const mix = (value: number): void => {
    one = Math.imul(one ^ value, 0x0100_0193)
    other = Math.imul(other ^ value, 0x85eb_ca6b)
    other ^= other >>> 13
  }
  for (let at = 0; at < tenant.length; at++) mix(tenant.charCodeAt(at))
  for (let at = 0; at < 16; at++) mix(traceId[at] as number)
  for (let at = 0; at < 8; at++) mix(spanId[at] as number)
  other = Math.imul(other ^ (other >>> 16), 0xc2b2_ae35)
  return (one >>> 0) * 2_097_152 + ((other ^ (other >>> 15)) & 0x1f_ffff)
}
