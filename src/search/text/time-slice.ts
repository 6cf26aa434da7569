import { setImmediate as nextTurn } from 'node:timers/promises'

/** How long a search may keep the thread to itself. */
const sliceMs = 5

/**
 * Lets others have the thread: looking at a large trace takes longer than they may wait.
 */
export class TimeSlice {
  readonly #signal: AbortSignal
  #endMs = performance.now() + sliceMs

  constructor(signal: AbortSignal) {
    this.#signal = signal
  }

  /** True when it is time to `pause`; cheap enough to be asked for every some hundred spans. */
  get isOver(): boolean {
    return performance.now() > this.#endMs
  }

  /** @throws the signal's reason when nobody waits for the answer any more */
  async pause(): Promise<void> {
    await nextTurn()
    this.#signal.throwIfAborted()
    this.#endMs = performance.now() + sliceMs
  }
}
