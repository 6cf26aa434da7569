/** Traces whose size is remembered; the ones that were written to longest ago are forgotten. */
const tracesMax = 100_000

/**
 * Into which split of a trace the next part goes: a partition gets at most so many bytes from one
 * process, and a trace that never ends goes on in the next split.
 */
export class TraceSplits {
  readonly #splitBytesMax: number
  readonly #traces = new Map<string, { split: number; sizeBytes: number }>()

  constructor(splitBytesMax: number) {
    this.#splitBytesMax = splitBytesMax
  }

  /**
   * Counts a part that is about to be written.
   *
   * @param key of tenant and trace
   * @param mayMove false where it has to be with the part before it
   * @returns its split
   */
  place(key: string, sizeBytes: number, mayMove: boolean): number {
    const known = this.#traces.get(key)
    const trace = known ?? { split: 0, sizeBytes: 0 }
    // The last one of the map is the one written to last.
    if (known !== undefined) this.#traces.delete(key)
    this.#traces.set(key, trace)
    if (mayMove && trace.sizeBytes > 0 && trace.sizeBytes + sizeBytes > this.#splitBytesMax) {
      trace.split += 1
      trace.sizeBytes = 0
    }
    trace.sizeBytes += sizeBytes
    for (const oldest of this.#traces.keys()) {
      if (this.#traces.size <= tracesMax) break
      this.#traces.delete(oldest)
    }
    return trace.split
  }
}
