import type { IntervalHistogram } from 'node:perf_hooks'
import { monitorEventLoopDelay } from 'node:perf_hooks'

/** What measures since it was last reset; Node's. */
export type DelayMonitor = Pick<IntervalHistogram, 'enable' | 'disable' | 'reset' | 'percentile'>

/** Between two ticks that are measured. */
const tickMs = 10
/** What is told is of at least this time, and of up to `stepMs` more. */
const windowMs = 60_000
const stepMs = 15_000

/**
 * How late the event loop of this thread was of late. Reading it changes nothing, so that any number of readers see
 * the same.
 *
 * Node measures into a histogram that can be read or emptied, but not be cut at its old end. So there are several, of
 * which the oldest is told, and is emptied when it is older than the window by a step: then the next one is the oldest.
 */
export class LoopDelay {
  readonly #monitors: readonly DelayMonitor[]
  readonly #timer: NodeJS.Timeout
  #oldest = 0

  constructor(createMonitor = (): DelayMonitor => monitorEventLoopDelay({ resolution: tickMs })) {
    const count = windowMs / stepMs + 1
    this.#monitors = Array.from({ length: count }, () => createMonitor())
    for (const monitor of this.#monitors) monitor.enable()
    this.#timer = setInterval(() => this.step(), stepMs).unref()
  }

  /** @param share of the ticks that were no later, up to 1 for all of them */
  seconds(share: number): number {
    // What is measured is the time between two ticks; the rest is delay.
    const nano = this.#monitors[this.#oldest]?.percentile(share * 100) ?? 0
    return Math.max(0, nano / 1e9 - tickMs / 1e3)
  }

  /** Forgets what is longest ago; a timer does it. */
  step(): void {
    this.#monitors[this.#oldest]?.reset()
    this.#oldest = (this.#oldest + 1) % this.#monitors.length
  }

  /** Measures no more; safe to call twice. */
  close(): void {
    clearInterval(this.#timer)
    for (const monitor of this.#monitors) monitor.disable()
  }
}
