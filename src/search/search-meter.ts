import type { SearchBound } from '../ports/span-store.ts'

/** How much one search may read; each has a name in the settings. */
export interface SearchBounds {
  readonly timeMaxMs: number
  readonly spansMax: number
}

/** What the settings say when nobody changed them. */
export const searchBoundDefaults: SearchBounds = {
  timeMaxMs: 30_000,
  spansMax: 20_000_000,
}

/** The setting of each bound, named in the end of an answer that stopped there. */
export const searchBoundSettings: Readonly<Record<keyof SearchBounds, string>> = {
  timeMaxMs: 'search.max-time',
  spansMax: 'search.max-spans',
}

/** Counts what one search reads and says when it has to stop. */
export class SearchMeter {
  readonly #bounds: SearchBounds
  readonly #now: () => number
  readonly #startMs: number
  #spans = 0

  /** @param now a monotonic clock in ms */
  constructor(bounds: SearchBounds, now: () => number = () => performance.now()) {
    this.#bounds = bounds
    this.#now = now
    this.#startMs = now()
  }

  /** Counts spans that were looked at. */
  add(spans: number): void {
    this.#spans += spans
  }

  /** The bound that is passed, if any. Asks the clock: call it every some hundred spans. */
  hit(): SearchBound | undefined {
    if (this.#spans > this.#bounds.spansMax) return this.#bound('spansMax')
    if (this.#now() - this.#startMs > this.#bounds.timeMaxMs) return this.#bound('timeMaxMs')
    return undefined
  }

  /** What is left of the time, ms; 0 where it is over. */
  leftMs(): number {
    return Math.max(this.#startMs + this.#bounds.timeMaxMs - this.#now(), 0)
  }

  #bound(name: keyof SearchBounds): SearchBound {
    return { setting: searchBoundSettings[name], limit: this.#bounds[name] }
  }
}
