import { cancelledBy } from '../cancelled.ts'
import { onAbort } from '../on-abort.ts'

/** Lets so many works run at the same time; others wait and go on in the order in which they came. */
export class Turnstile {
  #free: number
  readonly #waiting = new Set<() => void>()

  /** @param most works that run at the same time */
  constructor(most: number) {
    this.#free = most
  }

  /**
   * The result of the work, once it was let through.
   *
   * @param signal takes back a work that was not yet let through, and whatever it holds with it
   * @throws GatewayError 'cancelled' when the signal aborted before
   */
  async run<Result>(work: () => Promise<Result>, signal?: AbortSignal): Promise<Result> {
    if (signal?.aborted) throw cancelledBy(signal)
    if (this.#free > 0) this.#free -= 1
    else await this.#turn(signal)
    try {
      return await work()
    } finally {
      const [next] = this.#waiting
      if (next === undefined) this.#free += 1
      else next()
    }
  }

  #turn(signal: AbortSignal | undefined): Promise<void> {
    return new Promise<void>((resolve, reject) => {
      let settle = (): void => {}
      const pass = (): void => {
        this.#waiting.delete(pass)
        settle()
        resolve()
      }
      if (signal !== undefined) {
        settle = onAbort(signal, () => {
          this.#waiting.delete(pass)
          reject(cancelledBy(signal))
        })
      }
      this.#waiting.add(pass)
    })
  }
}
