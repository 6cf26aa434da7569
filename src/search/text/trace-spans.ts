import { SpanKind } from '../../../bridge/model/span.ts'
import type { SpanBatch } from '../../../bridge/model/span-batch.ts'
import {
  parentSpanIdBytes,
  SpanField,
  spanCount,
  spanField,
  spanIdBytes,
} from '../../../bridge/model/span-batch.ts'
import { latin1Of } from '../../../bridge/wire/bytes-text.ts'
import type { TraceSummary } from '../../ports/span-store.ts'
import { TraceSummarizer } from '../summarize-trace.ts'

/** No parent in the trace. */
export const noSpan = -1

/** All spans of one trace, numbered, and how they hang together. */
export class TraceSpans {
  readonly #places: { readonly batch: SpanBatch; readonly index: number }[] = []
  readonly #summarizer = new TraceSummarizer()
  readonly #ids: string[] = []
  /** Ids that spans name as their parents, '' for none. */
  readonly #parentIds: string[] = []
  #parents: Int32Array | undefined

  /** How many spans there are. */
  get count(): number {
    return this.#places.length
  }

  /** Adds a part of the trace; at most so many spans of it. */
  add(batch: SpanBatch, spansMax = Number.POSITIVE_INFINITY): void {
    const count = Math.min(spanCount(batch), spansMax)
    this.#summarizer.add(batch, Array(count).keys())
    for (let index = 0; index < count; index++) {
      this.#places.push({ batch, index })
      this.#ids.push(latin1Of(spanIdBytes(batch, index)))
      const parent = parentSpanIdBytes(batch, index)
      this.#parentIds.push(parent === undefined ? '' : latin1Of(parent))
    }
    this.#parents = undefined
  }

  /** Where a span's bytes are. */
  placeOf(span: number): { readonly batch: SpanBatch; readonly index: number } {
    return this.#places[span] as { readonly batch: SpanBatch; readonly index: number }
  }

  summary(traceId: Uint8Array): TraceSummary {
    return this.#summarizer.summary(traceId)
  }

  /** The id that a span names as its parent's, as text for comparing; '' when it names none. */
  parentIdOf(span: number): string {
    return this.#parentIds[span] as string
  }

  /** The parent of each span, or `noSpan`. */
  get parents(): Int32Array {
    this.#parents ??= this.#linked()
    return this.#parents
  }

  /** How many children each span has. */
  childCounts(): Int32Array {
    const counts = new Int32Array(this.count)
    for (const parent of this.parents)
      if (parent !== noSpan) counts[parent] = (counts[parent] as number) + 1
    return counts
  }

  /**
   * Client and server may share an id (Zipkin's way): the server then hangs below the client, and what
   * names that id as its parent below the server, which is where it was started.
   */
  #linked(): Int32Array {
    const clients = new Map<string, number>()
    const others = new Map<string, number>()
    for (const [span, id] of this.#ids.entries()) {
      const firsts = this.#kindOf(span) === SpanKind.client ? clients : others
      if (!firsts.has(id)) firsts.set(id, span)
    }
    return Int32Array.from(this.#ids, (id, span) => {
      const shared = this.#kindOf(span) === SpanKind.server ? clients.get(id) : undefined
      const parentId = this.parentIdOf(span)
      const parent = shared ?? others.get(parentId) ?? clients.get(parentId) ?? noSpan
      return parent === span ? noSpan : parent
    })
  }

  #kindOf(span: number): number {
    const { batch, index } = this.placeOf(span)
    return spanField(batch, index, SpanField.kind)
  }
}
