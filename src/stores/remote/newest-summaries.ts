import { fromHex } from '../../../bridge/model/identifier.ts'
import type { TraceSummary } from '../../ports/span-store.ts'
import { TraceSummarizer } from '../../search/summarize-trace.ts'
import type { TracePart } from './trace-parts.ts'

/**
 * Summaries of the traces that a search reads. One knows each span of its trace as long as that is read, and is
 * some counts afterwards; those of traces that newer ones pushed out are dropped, so that at most twice as many
 * are kept as the search may find.
 */
export class NewestSummaries {
  readonly #limit: number
  readonly #reading = new Map<string, TraceSummarizer>()
  readonly #kept = new Map<string, KeptSummary>()

  /** @param limit how many traces the search may find */
  constructor(limit: number) {
    this.#limit = limit
  }

  /** Summaries that are kept. */
  get size(): number {
    return this.#kept.size
  }

  /** A part of a trace that is read. */
  add({ traceId, batch }: TracePart): void {
    const summarizer = this.#reading.get(traceId) ?? new TraceSummarizer()
    this.#reading.set(traceId, summarizer)
    summarizer.add(batch)
  }

  /**
   * A trace was read.
   *
   * @param newestMatchMicros of its spans; undefined when it cannot be in the answer
   */
  end(traceId: string, newestMatchMicros: number | undefined): void {
    const summarizer = this.#reading.get(traceId)
    this.#reading.delete(traceId)
    if (newestMatchMicros === undefined || summarizer === undefined) return
    const summary = summarizer.summary(fromHex(traceId))
    this.#kept.set(traceId, { summary, newestMatchMicros })
    if (this.#kept.size > 2 * this.#limit) this.#cut()
  }

  /** The summary of a trace that was found. */
  summary(traceId: string): TraceSummary | undefined {
    return this.#kept.get(traceId)?.summary
  }

  /** Of those that end alike the order of the search decides: all of them stay. */
  #cut(): void {
    const matches = Array.from(this.#kept.values(), ({ newestMatchMicros }) => newestMatchMicros)
    const last = matches.sort((one, other) => other - one)[this.#limit - 1] ?? 0
    for (const [traceId, { newestMatchMicros }] of this.#kept) {
      if (newestMatchMicros < last) this.#kept.delete(traceId)
    }
  }
}

interface KeptSummary {
  readonly summary: TraceSummary
  readonly newestMatchMicros: number
}
