/**
 * Gathers lists of a block's spans into one. Of several a byte for each span is kept, so that any number of lists is
 * cheap; one alone, or one that has all spans, is not looked at.
 */
export class SpanUnion {
  readonly #blockSpans: number
  #isIn: Uint8Array | undefined
  #only: ArrayLike<number> = []
  #spanCount = 0

  /** @param blockSpans how many spans the block has */
  constructor(blockSpans: number) {
    this.#blockSpans = blockSpans
  }

  /**
   * Adds a list, ascending, that nobody changes any more. Of a block that grows, spans that came since
   * the union began are left out.
   */
  add(spans: ArrayLike<number>): void {
    if (spans.length === 0 || this.#hasAll) return
    if (this.#only.length === 0 || this.#isAll(spans)) {
      this.#only = spans
      this.#isIn = undefined
      return
    }
    this.#isIn ??= this.#begin()
    this.#mark(this.#isIn, spans)
  }

  /** What all lists hold, ascending, each span once. */
  spans(): ArrayLike<number> {
    const isIn = this.#isIn
    if (isIn === undefined) return this.#only
    const all = new Uint16Array(this.#spanCount)
    let count = 0
    for (let span = isIn.indexOf(1); span >= 0; span = isIn.indexOf(1, span + 1)) {
      all[count++] = span
    }
    return all
  }

  get #hasAll(): boolean {
    return this.#isIn === undefined && this.#isAll(this.#only)
  }

  /** Ascending as it is, such a list has nothing but the spans that the block had when the union began. */
  #isAll(spans: ArrayLike<number>): boolean {
    return spans.length === this.#blockSpans && spans[spans.length - 1] === this.#blockSpans - 1
  }

  #begin(): Uint8Array {
    const isIn = new Uint8Array(this.#blockSpans)
    this.#spanCount = 0
    this.#mark(isIn, this.#only)
    return isIn
  }

  #mark(isIn: Uint8Array, spans: ArrayLike<number>): void {
    for (let at = 0; at < spans.length; at++) {
      const span = spans[at] as number
      if (span >= isIn.length) return
      this.#spanCount += 1 - (isIn[span] as number)
      isIn[span] = 1
    }
  }
}
