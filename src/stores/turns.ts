/** How long one read works before it lets others: the main thread also receives, and must never be late. */
const turnMs = 3

/**
 * Reads that share the main thread: each works for some milliseconds, and between any two of them the
 * event loop goes round, however many there are. Callbacks of `setImmediate` alone would all run in one
 * round.
 */
export class Turns {
  /** Ms of a clock that only goes forward. */
  readonly now: () => number
  readonly #waiting: (() => void)[] = []
  #isGiving = false

  constructor(now: () => number = () => performance.now()) {
    this.now = now
  }

  /**
   * For one read, whose first turn begins now.
   *
   * @param check throws when nobody wants the rest of it any more
   */
  begin(check: () => void): Turn {
    return new Turn(this, check)
  }

  /** Resolves when nobody else has the turn. */
  next(): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.push(resolve)
      if (this.#isGiving) return
      this.#isGiving = true
      setImmediate(() => this.#give())
    })
  }

  /** One in each round of the event loop; its work runs right after this. */
  #give(): void {
    const first = this.#waiting.shift()
    this.#isGiving = first !== undefined
    if (first === undefined) return
    first()
    setImmediate(() => this.#give())
  }
}

/** The turn of one read. */
export class Turn {
  readonly #turns: Turns
  readonly #check: () => void
  #endMs: number

  constructor(turns: Turns, check: () => void) {
    this.#turns = turns
    this.#check = check
    this.#endMs = turns.now() + turnMs
  }

  /**
   * Between two pieces of the read: lets others when it is time, and ends it when nobody wants it.
   *
   * @throws what `check` does
   */
  async pause(): Promise<void> {
    if (this.#turns.now() >= this.#endMs) {
      await this.#turns.next()
      this.#endMs = this.#turns.now() + turnMs
    }
    this.#check()
  }
}
