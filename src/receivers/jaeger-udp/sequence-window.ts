/** So many numbers may come late before they count as lost. */
const windowLength = 32
/** A larger step is no loss but another count. */
const stepMax = 1_000_000
const allSeen = -1

/**
 * Which numbers of a client's batches never came.
 *
 * Datagrams overtake each other and may come twice, so a missing number counts as lost only once 32
 * later ones were seen or the window is closed. Numbers that begin again, as after a restart, count
 * nothing.
 */
export class SequenceWindow {
  #newest: number | undefined
  /** Bit n: whether `#newest - n` was seen. */
  #seen = allSeen

  /** Whether a number comes after a later one, or again. */
  isBehind(seqNo: number): boolean {
    const step = seqNo - (this.#newest ?? Number.NEGATIVE_INFINITY)
    return step <= 0 && step > -windowLength
  }

  /** Notes a number. @returns how many are lost for certain since the last call */
  note(seqNo: number): number {
    const step = this.#newest === undefined ? Number.NaN : seqNo - this.#newest
    if (this.isBehind(seqNo)) {
      this.#seen |= 1 << -step
      return 0
    }
    if (!(step > 0 && step <= stepMax)) {
      // The first one, or a count that began again.
      const lost = this.close()
      this.#newest = seqNo
      return lost
    }
    this.#newest = seqNo
    if (step >= windowLength) {
      const lost = zeroBits(this.#seen) + step - windowLength
      this.#seen = 1
      return lost
    }
    const lost = zeroBits(this.#seen >> (windowLength - step), step)
    this.#seen = (this.#seen << step) | 1
    return lost
  }

  /** Begins anew. @returns how many are missing of what was noted */
  close(): number {
    const lost = zeroBits(this.#seen)
    this.#seen = allSeen
    this.#newest = undefined
    return lost
  }
}

/** How many of the lowest bits are 0. */
function zeroBits(bits: number, count = windowLength): number {
  let zeros = 0
  for (let bit = 0; bit < count; bit++) if ((bits & (1 << bit)) === 0) zeros++
  return zeros
}
