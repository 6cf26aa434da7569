import { sliceOf } from '../../../blocks/build-postings.ts'
import type { HashSet } from '../../../blocks/hash-set.ts'
import { Postings } from '../../../blocks/postings.ts'
import { SpanUnion } from '../../../blocks/span-union.ts'
import { readStored } from '../../../errors/read-stored.ts'

/** The slices of a block's terms that a search has asked for. */
export class BlockTerms {
  readonly #spanCount: number
  readonly #bits: number
  readonly #slices: ReadonlyMap<number, Uint8Array>
  readonly #postings = new Map<number, Postings>()

  /** @param slices those that the search needs; one that is not there has no terms */
  constructor(spanCount: number, bits: number, slices: ReadonlyMap<number, Uint8Array>) {
    this.#spanCount = spanCount
    this.#bits = bits
    this.#slices = slices
  }

  /** As of a block. @throws GatewayError 'store_corrupt' when they cannot be read */
  spansWithAny(hashes: HashSet): ArrayLike<number> {
    const union = new SpanUnion(this.#spanCount)
    for (const hash of hashes) {
      const postings = this.#slice(sliceOf(hash, this.#bits))
      if (postings !== undefined) union.add(postings.spansWith(hash))
    }
    return union.spans()
  }

  #slice(slice: number): Postings | undefined {
    const known = this.#postings.get(slice)
    const bytes = this.#slices.get(slice)
    if (known !== undefined || bytes === undefined) return known
    const postings = readStored(
      'Cannot read block: its terms are damaged',
      () => new Postings(bytes, this.#spanCount),
    )
    this.#postings.set(slice, postings)
    return postings
  }
}
