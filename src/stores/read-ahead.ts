/** Traces whose reading has begun before they are asked for; each holds the first part of its spans at most. */
const aheadMax = 6

/**
 * Reads traces one after the other. Once one is asked for, reading those behind it begins too: stores that have to
 * ask a server would otherwise wait for it as often as there are traces.
 */
export class ReadAhead<Part> {
  readonly #traceIds: readonly Uint8Array[]
  readonly #read: (traceId: Uint8Array) => AsyncIterable<Part>
  /** Begun, and not taken yet, by their places. */
  readonly #begun = new Map<number, Begun<Part>>()
  /** Behind the last one that was begun. */
  #next = 0
  #isEnded = false

  /** @param traceIds in the order in which they will be asked for */
  constructor(traceIds: readonly Uint8Array[], read: (traceId: Uint8Array) => AsyncIterable<Part>) {
    this.#traceIds = traceIds
    this.#read = read
  }

  /** The parts of a trace; each call reads them once. */
  async *of(index: number): AsyncGenerator<Part, void, void> {
    const known = this.#begun.get(index)
    this.#begun.delete(index)
    const own = known ?? this.#begin(index)
    if (!this.#isEnded) this.#beginBehind(index)
    try {
      for (let step = own.first; ; step = own.parts.next()) {
        const { done, value } = await step
        if (done === true) return
        yield value
      }
    } finally {
      await own.parts.return?.()
    }
  }

  /** Ends what was begun and not asked for. */
  end(): void {
    this.#isEnded = true
    // Nobody waits for them: whatever comes of it is nobody's.
    for (const { parts } of this.#begun.values()) parts.return?.().catch(() => {})
    this.#begun.clear()
  }

  #beginBehind(index: number): void {
    const end = Math.min(this.#traceIds.length, index + 1 + aheadMax)
    for (let at = Math.max(this.#next, index + 1); at < end; at++) {
      this.#begun.set(at, this.#begin(at))
      this.#next = at + 1
    }
  }

  #begin(index: number): Begun<Part> {
    const traceId = this.#traceIds[index]
    if (traceId === undefined) throw new RangeError(`Cannot read trace ${index}: there is none`)
    const parts = this.#read(traceId)[Symbol.asyncIterator]()
    const first = parts.next()
    // Whoever asks for it is told.
    first.catch(() => {})
    return { parts, first }
  }
}

interface Begun<Part> {
  readonly parts: AsyncIterator<Part>
  readonly first: Promise<IteratorResult<Part>>
}
