import { isAnswered } from './remote-failure.ts'

/**
 * How long nothing came back over a connection while somebody waited. A machine that is gone, or a network that
 * lost us, ends no connection: TCP finds out after a quarter of an hour.
 */
export class QuietTime {
  readonly #quietMsMax: number
  readonly #onQuiet: () => void
  #waiting = 0
  /** Of waits that are over, since something came. */
  #quietMs = 0
  /** When the waits that are not over began, or something came. */
  #sinceMs = 0

  /** @param onQuiet told when a wait was given up after so long; not again within that time */
  constructor(quietMsMax: number, onQuiet: () => void) {
    this.#quietMsMax = quietMsMax
    this.#onQuiet = onQuiet
  }

  /** Waits for an answer; every one of them shows that the connection is alive. */
  async over<Answer>(wait: () => Promise<Answer>): Promise<Answer> {
    if (this.#waiting === 0) this.#sinceMs = performance.now()
    this.#waiting += 1
    try {
      const answer = await wait()
      this.#begin()
      return answer
    } catch (error) {
      if (isAnswered(error)) this.#begin()
      else this.#givenUp()
      throw error
    } finally {
      this.#waiting -= 1
    }
  }

  #begin(): void {
    this.#quietMs = 0
    this.#sinceMs = performance.now()
  }

  #givenUp(): void {
    const nowMs = performance.now()
    this.#quietMs += nowMs - this.#sinceMs
    this.#sinceMs = nowMs
    if (this.#quietMs < this.#quietMsMax) return
    this.#begin()
    this.#onQuiet()
  }
}
