import type { SpanBatch } from '../../../bridge/model/span-batch.ts'
import { batchSizeBytes } from '../../../bridge/model/span-batch.ts'
import { selectSpans, spansByTrace } from '../../../bridge/otlp/select-spans.ts'

/** Ids of traces that were given away are remembered, so many, to notice their later spans. */
const rememberedMax = 100_000

interface Gathered {
  /** Counts the traces before it. */
  readonly order: number
  readonly batches: SpanBatch[]
  sizeBytes: number
}

/**
 * Gathers spans into traces for formats that need all spans of one at once. It holds so many bytes;
 * past that the traces are given away that have waited longest for another span. A trace whose spans
 * lie further apart in the file comes in several parts, which are counted.
 */
export class TraceGatherer {
  /** Traces that came again after they were given away; of the last 100,000. */
  split = 0
  readonly #bytesMax: number
  /** In the order of their last spans. */
  readonly #traces = new Map<string, Gathered>()
  readonly #given = new Set<string>()
  #sizeBytes = 0
  #begun = 0

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax
  }

  /** Takes spans in, and gives the traces away that there is no room for. */
  *add(batch: SpanBatch): Generator<readonly SpanBatch[], void, undefined> {
    const byTrace = spansByTrace(batch)
    for (const [traceId, spans] of byTrace) {
      // A batch of one trace is kept as it is, the others without what belongs to other traces.
      this.#gather(traceId, byTrace.size === 1 ? batch : selectSpans(batch, spans))
    }
    for (const [traceId, { batches }] of this.#traces) {
      if (this.#sizeBytes <= this.#bytesMax) return
      this.#forget(traceId)
      yield batches
    }
  }

  /** Gives away what is left, in the order of first spans. */
  *end(): Generator<readonly SpanBatch[], void, undefined> {
    const left = [...this.#traces.values()].sort((a, b) => a.order - b.order)
    this.#traces.clear()
    for (const { batches } of left) yield batches
  }

  #gather(traceId: string, batch: SpanBatch): void {
    let trace = this.#traces.get(traceId)
    if (trace === undefined) {
      if (this.#given.has(traceId)) this.split += 1
      trace = { order: this.#begun++, batches: [], sizeBytes: 0 }
    } else this.#traces.delete(traceId)
    this.#traces.set(traceId, trace)
    const sizeBytes = batchSizeBytes(batch)
    trace.batches.push(batch)
    trace.sizeBytes += sizeBytes
    this.#sizeBytes += sizeBytes
  }

  #forget(traceId: string): void {
    this.#sizeBytes -= this.#traces.get(traceId)?.sizeBytes ?? 0
    this.#traces.delete(traceId)
    this.#given.add(traceId)
    const [oldest] = this.#given
    if (this.#given.size > rememberedMax && oldest !== undefined) this.#given.delete(oldest)
  }
}
