/** Totals that grow, by name. */
export type Totals = ReadonlyMap<string, number>

/** What the totals of a process are compared with. */
export interface RateWindowOptions {
  readonly read: () => Totals
  /** How long it remembers. */
  readonly windowMs?: number
  /** How often it looks. */
  readonly everyMs?: number
  /** A monotonic clock, ms; the process's. */
  readonly now?: () => number
}

/** How totals grew of late. */
export interface Rates {
  /** Of how long the rates are the mean. */
  readonly seconds: number
  /** What a total grew by in a second; 0 for one that is not there. */
  of(name: string): number
}

interface Snapshot {
  readonly atMs: number
  readonly totals: Totals
}

/** A mean over less says nothing. */
const secondsMin = 1

/** Remembers totals of about the last minute, so that somebody who looks once is told rates. */
export class RateWindow {
  readonly #read: () => Totals
  readonly #windowMs: number
  readonly #now: () => number
  /** The oldest first; one of them may be older than the window. */
  readonly #snapshots: Snapshot[] = []
  readonly #timer: NodeJS.Timeout

  constructor(options: RateWindowOptions) {
    this.#read = options.read
    this.#windowMs = options.windowMs ?? 60_000
    this.#now = options.now ?? (() => performance.now())
    this.look()
    this.#timer = setInterval(() => this.look(), options.everyMs ?? 5000).unref()
  }

  /** Remembers the totals as they are; a timer does it. */
  look(): void {
    const atMs = this.#now()
    this.#snapshots.push({ atMs, totals: this.#read() })
    const fromMs = atMs - this.#windowMs
    while ((this.#snapshots[1]?.atMs ?? atMs) <= fromMs) this.#snapshots.shift()
  }

  /** Compares totals with those at the beginning of the window. A total that was not there then was 0. */
  rates(totals: Totals): Rates {
    const [first] = this.#snapshots
    const sinceMs = first === undefined ? 0 : this.#now() - first.atMs
    const seconds = Math.max(secondsMin, sinceMs / 1000)
    return {
      seconds,
      of: (name) => ((totals.get(name) ?? 0) - (first?.totals.get(name) ?? 0)) / seconds,
    }
  }

  /** Looks no more; safe to call twice. */
  close(): void {
    clearInterval(this.#timer)
  }
}
