/**
 * Rows of `tag_index` that there may be. A span has one for each of its tags and of its process's, so a small request
 * whose spans share a large resource would have a thousand times as much there.
 */
export interface TagLimits {
  /** For one span. */
  readonly spanTagsMax: number
  /** For one request. */
  readonly requestTagsMax: number
}

/** As the settings say when nobody changed them. */
export const tagLimitDefaults: TagLimits = { spanTagsMax: 512, requestTagsMax: 500_000 }

/** Names of the settings, for the metric. */
export const tagLimitSettings = {
  spanTagsMax: 'store.cassandra.jaeger.max-span-tags',
  requestTagsMax: 'store.cassandra.jaeger.max-request-tags',
} as const satisfies Record<keyof TagLimits, string>

/** Counts the rows of `tag_index` that one request still has. */
export class TagAllowance {
  readonly #limits: TagLimits
  readonly #omitted = new Map<keyof TagLimits, number>()
  #left: number

  constructor(limits: TagLimits) {
    this.#limits = limits
    this.#left = limits.requestTagsMax
  }

  /** @returns how many of a span's tags are indexed */
  take(tagCount: number): number {
    const { spanTagsMax } = this.#limits
    const ofSpan = Math.min(tagCount, spanTagsMax)
    const taken = Math.min(ofSpan, this.#left)
    this.#left -= taken
    this.#omit('spanTagsMax', tagCount - ofSpan)
    this.#omit('requestTagsMax', ofSpan - taken)
    return taken
  }

  /** How many were left out since this was asked last, by limit. */
  omitted(): ReadonlyMap<keyof TagLimits, number> {
    const omitted = new Map(this.#omitted)
    this.#omitted.clear()
    return omitted
  }

  #omit(limit: keyof TagLimits, count: number): void {
    if (count > 0) this.#omitted.set(limit, (this.#omitted.get(limit) ?? 0) + count)
  }
}
