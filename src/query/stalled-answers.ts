import { GatewayError } from '../errors/gateway-error.ts'
import type { Metrics } from '../telemetry/metrics.ts'

/** When answers whose clients take nothing are ended. */
export interface StalledLimits {
  /** How long a client may take nothing while others wait; `search.stalled-after`. */
  readonly stalledAfterMs: number
  /** Answers that may wait for their clients before others count as waiting; `search.max-stalled`. */
  readonly stalledMax: number
}

/** An answer that waits until its client takes something. */
export interface WaitingAnswer {
  /** The client took something, and there is more for it: its time begins anew. */
  moved(): void
  /** It waits no longer. */
  end(): void
}

/**
 * The answers that wait for their clients. One holds memory and, if it is a search, a place among those
 * that may be under way. As long as nobody else needs it, it waits for as long as it likes. Once others
 * do, those whose client has taken nothing for some time are ended, those that wait longest first.
 */
export class StalledAnswers {
  readonly #limits: StalledLimits
  readonly #metrics: Pick<Metrics, 'add'>
  /** Those that wait longest first. */
  readonly #waiting = new Set<Entry>()
  /** When somebody was refused: of the answers that waited then, each is ended when its time is over. */
  #pressedAtMs = Number.NEGATIVE_INFINITY
  #timer: NodeJS.Timeout | undefined

  constructor(limits: StalledLimits, metrics: Pick<Metrics, 'add'>) {
    this.#limits = limits
    this.#metrics = metrics
  }

  /** How many wait for their clients. */
  get count(): number {
    return this.#waiting.size
  }

  /** @param fail ends the answer with the error */
  wait(fail: (error: GatewayError) => void): WaitingAnswer {
    const entry: Entry = { sinceMs: performance.now(), fail }
    this.#waiting.add(entry)
    this.#look()
    return {
      moved: () => {
        if (!this.#waiting.delete(entry)) return
        entry.sinceMs = performance.now()
        this.#waiting.add(entry)
      },
      end: () => {
        this.#waiting.delete(entry)
      },
    }
  }

  /** Somebody was refused for want of a place that such an answer may have. */
  press(): void {
    this.#pressedAtMs = performance.now()
    this.#look()
  }

  /** Ends what is to be ended now, and looks again when the next one has waited long enough. */
  #look(): void {
    clearTimeout(this.#timer)
    const { stalledAfterMs, stalledMax } = this.#limits
    const now = performance.now()
    for (const entry of this.#waiting) {
      if (this.#waiting.size <= stalledMax && entry.sinceMs > this.#pressedAtMs) return
      const leftMs = entry.sinceMs + stalledAfterMs - now
      if (leftMs > 0) {
        this.#timer = setTimeout(() => this.#look(), leftMs)
        this.#timer.unref()
        return
      }
      this.#waiting.delete(entry)
      this.#metrics.add('spangate_answers_stalled_total', 1, {})
      entry.fail(stalledError(stalledAfterMs))
    }
  }
}

interface Entry {
  sinceMs: number
  readonly fail: (error: GatewayError) => void
}

function stalledError(stalledAfterMs: number): GatewayError {
  return new GatewayError(
    'overloaded',
    `Cannot go on with the answer: its client took nothing of it for ${stalledAfterMs} ms while others waited (search.stalled-after)`,
    { retryAfterMs: 1000 },
  )
}
