/** Gathers lists of a block's spans into one: a byte for each span, so that any number of lists is cheap. */
export class SpanUnion {
  readonly #isIn: Uint8Array
  #lists = 0
  #only: ArrayLike<number> = []
  #spanCount = 0

  /** @param blockSpans how many spans the block has */
  constructor(blockSpans: number) {
    this.#isIn = new Uint8Array(blockSpans)
  }

  /**
   * Adds a list, ascending, that nobody changes any more. Of a block that grows, spans that came since
   * the union began are left out.
   */
  add(spans: ArrayLike<number>): void {
    if (spans.length === 0) return
    this.#lists += 1
    this.#only = spans
    for (let at = 0; at < spans.length; at++) {
      const span = spans[at] as number
      if (span >= this.#isIn.length) return
      this.#spanCount += 1 - (this.#isIn[span] as number)
      this.#isIn[span] = 1
    }
  }

  /** What all lists hold, ascending, each span once. */
  spans(): ArrayLike<number> {
    if (this.#lists < 2) return this.#only
    const all = new Uint16Array(this.#spanCount)
    let count = 0
    for (let span = this.#isIn.indexOf(1); span >= 0; span = this.#isIn.indexOf(1, span + 1)) {
      all[count++] = span
    }
    return all
  }
}
