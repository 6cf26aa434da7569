import { hexOf } from '../../bridge/model/identifier.ts'

/** A trace among the newest. */
export interface RankedTrace {
  /** 32 lower-case hex digits. */
  readonly traceId: string
  /** Largest indexed start of its matching spans, µs. */
  readonly newestMatchMicros: number
}

/**
 * Keeps the `limit` traces with the newest matching span while spans come in any order: by that
 * span's indexed start, descending, ties by trace id, ascending. Holds at most twice the limit.
 */
export class NewestTraces {
  readonly #limit: number
  readonly #newest = new Map<string, number>()
  /** The last trace that is kept, once there are enough; what is behind it cannot be wanted. */
  #last: RankedTrace | undefined
  /** Something was offered since the last cut: what is behind the last one may have another rank. */
  #isChanged = false

  constructor(limit: number) {
    this.#limit = limit
  }

  /** True when a span of this indexed start may change the answer; ask before a costly filter. */
  wants(indexedMicros: number): boolean {
    return this.#last === undefined || indexedMicros >= this.#last.newestMatchMicros
  }

  /** A matching span of a trace. */
  offer(traceId: Uint8Array, indexedMicros: number): void {
    if (!this.wants(indexedMicros)) return
    this.#isChanged = true
    const id = hexOf(traceId)
    const known = this.#newest.get(id)
    if (known !== undefined) {
      if (indexedMicros > known) this.#newest.set(id, indexedMicros)
      return
    }
    const candidate = { traceId: id, newestMatchMicros: indexedMicros }
    if (this.#last !== undefined && byRank(candidate, this.#last) > 0) return
    this.#newest.set(id, indexedMicros)
    if (this.#newest.size >= 2 * this.#limit) this.#cut()
  }

  /**
   * The indexed start that a span must reach to change the answer, or an older one where the limit is
   * high; undefined as long as any can.
   * A store that reads newest first stops when all it has left is older.
   */
  floorMicros(): number | undefined {
    if (this.#newest.size >= this.#limit && this.#isWorthCutting()) this.#cut()
    return this.#last?.newestMatchMicros
  }

  /** The traces kept, in order. */
  ranked(): readonly RankedTrace[] {
    return this.#sorted().slice(0, this.#limit)
  }

  /** Sorting some thousand traces for every few that come would take longer than all else. */
  #isWorthCutting(): boolean {
    if (this.#last === undefined) return true
    return this.#isChanged && (this.#limit <= exactMax || this.#newest.size > this.#limit * 1.25)
  }

  #cut(): void {
    this.#isChanged = false
    const kept = this.#sorted().slice(0, this.#limit)
    this.#newest.clear()
    for (const trace of kept) this.#newest.set(trace.traceId, trace.newestMatchMicros)
    this.#last = kept.length === this.#limit ? kept.at(-1) : undefined
  }

  #sorted(): RankedTrace[] {
    const traces = Array.from(this.#newest, ([traceId, newestMatchMicros]) => ({
      traceId,
      newestMatchMicros,
    }))
    return traces.sort(byRank)
  }
}

/** Up to this limit the floor is exact. */
const exactMax = 256

/** The order of every answer: newest first, ties by trace id. */
export function byRank(left: RankedTrace, right: RankedTrace): number {
  if (left.newestMatchMicros !== right.newestMatchMicros) {
    return right.newestMatchMicros - left.newestMatchMicros
  }
  if (left.traceId === right.traceId) return 0
  return left.traceId < right.traceId ? -1 : 1
}
