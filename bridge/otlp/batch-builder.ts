import type { BatchMemory } from '../model/batch-memory.ts'
import { microsOfHalves, nanoRemainderOfHalves } from '../model/micros.ts'
import type { SamplingThreshold } from '../model/sampling-threshold.ts'
import type { SpanBatch, SpanTerms } from '../model/span-batch.ts'
import { absent, groupStride, SpanField, spanStride } from '../model/span-batch.ts'
import { absorbView, finishHash, levelState, TermLevel } from '../model/term-hash.ts'
import { Found } from './scan-span.ts'
import type { TermList } from './term-list.ts'

/**
 * Fills the index of a `SpanBatch` over the bytes of a request, and over what is appended behind
 * them: repaired messages, and slices that were scattered over the request.
 *
 * The arrays grow with what was really found, never by a count or length of the wire.
 */
export class BatchBuilder {
  readonly #bytes: Uint8Array
  readonly #appended: Uint8Array[] = []
  #appendedBytes = 0
  #groups: Uint32Array
  #groupCount = 0
  #spans: Uint32Array
  #times: Float64Array
  #spanCount = 0
  readonly #terms: TermList | undefined
  #termNames: Uint32Array
  #termStarts: Uint32Array

  /**
   * @param terms where the scan notes the terms of each span before it is added
   * @param arrays what the index is written into, or how many spans will come
   */
  constructor(bytes: Uint8Array, terms: TermList | undefined, arrays: BatchMemory | number) {
    this.#bytes = bytes
    this.#terms = terms
    if (typeof arrays !== 'number') {
      this.#groups = arrays.groups
      this.#spans = arrays.spans
      this.#times = arrays.times
      this.#termNames = arrays.names
      this.#termStarts = arrays.starts
      this.#termStarts.fill(0, 0, 2)
      return
    }
    const spans = Math.max(arrays, 1)
    this.#groups = new Uint32Array(4 * groupStride)
    this.#spans = new Uint32Array(spans * spanStride)
    this.#times = new Float64Array(spans * 2)
    this.#termNames = new Uint32Array(terms === undefined ? 0 : spans)
    this.#termStarts = new Uint32Array(terms === undefined ? 0 : spans * 2 + 2)
  }

  get spanCount(): number {
    return this.#spanCount
  }

  get groupCount(): number {
    return this.#groupCount
  }

  /** Puts bytes behind the request and gives their offset in the batch. */
  append(bytes: Uint8Array): number {
    const offset = this.#bytes.length + this.#appendedBytes
    this.#appended.push(bytes)
    this.#appendedBytes += bytes.length
    return offset
  }

  /** Starts a group without any slice and gives its index. */
  addGroup(): number {
    const needed = (this.#groupCount + 1) * groupStride
    if (needed > this.#groups.length) {
      const grown = new Uint32Array(this.#groups.length * 2)
      grown.set(this.#groups)
      this.#groups = grown
    }
    this.#groups.fill(0, needed - groupStride, needed)
    return this.#groupCount++
  }

  /** Sets a slice of a group. */
  setSlice(group: number, field: number, offset: number, length: number): void {
    const at = group * groupStride + field
    this.#groups[at] = length === 0 ? 0 : offset
    this.#groups[at + 1] = length
  }

  /**
   * Adds a span whose body lies at `offset`.
   *
   * @param found what `scanSpan` noted
   * @param from a view of the bytes in which it did; the span's, or those of the request
   * @param shift from the positions in `found` to offsets in the batch
   */
  addSpan(
    group: number,
    offset: number,
    length: number,
    found: Uint32Array,
    from: DataView,
    shift: number,
    threshold: SamplingThreshold | undefined,
  ): void {
    if ((this.#spanCount + 1) * spanStride > this.#spans.length) this.#growSpans()
    const spans = this.#spans
    const row = this.#spanCount * spanStride
    const parent = found[Found.parentSpanId] as number
    const nameLength = found[Found.nameLength] as number
    spans[row + SpanField.group] = group
    spans[row + SpanField.offset] = offset
    spans[row + SpanField.length] = length
    spans[row + SpanField.traceId] = (found[Found.traceId] as number) + shift
    spans[row + SpanField.spanId] = (found[Found.spanId] as number) + shift
    spans[row + SpanField.parentSpanId] = parent === 0 ? absent : parent + shift
    spans[row + SpanField.name] = nameLength === 0 ? 0 : (found[Found.name] as number) + shift
    spans[row + SpanField.nameLength] = nameLength
    spans[row + SpanField.kind] = found[Found.kind] as number
    spans[row + SpanField.statusCode] = found[Found.statusCode] as number
    spans[row + SpanField.thresholdHigh] = threshold === undefined ? absent : threshold.high
    spans[row + SpanField.thresholdLow] = threshold === undefined ? 0 : threshold.low
    spans[row + SpanField.nanoRemainders] = this.#addTimes(found)
    this.#spanCount++
    if (this.#terms !== undefined) this.#addTerms(this.#terms, found, from)
  }

  /** Forgets the terms that were noted for a span which was not added. */
  dropTerms(): void {
    const at = this.#spanCount * 2
    this.#terms?.rewind(this.#termStarts[at] as number, this.#termStarts[at + 1] as number)
  }

  /** Forgets the spans and groups behind the first ones, and gives how many spans these were. */
  rewind(spanCount: number, groupCount: number): number {
    const dropped = this.#spanCount - spanCount
    this.#spanCount = spanCount
    this.#groupCount = groupCount
    this.dropTerms()
    return dropped
  }

  /**
   * The batch. Its arrays lie in buffers that may be longer than they: copies would be as much garbage
   * again on the hottest path.
   */
  finish(arrivalUnixMs: number): SpanBatch {
    return {
      bytes: this.#allBytes(),
      groups: this.#groups.subarray(0, this.#groupCount * groupStride),
      spans: this.#spans.subarray(0, this.#spanCount * spanStride),
      times: this.#times.subarray(0, this.#spanCount * 2),
      arrivalUnixMs,
      ...this.#finishTerms(),
    }
  }

  #finishTerms(): { readonly terms?: SpanTerms } {
    const terms = this.#terms
    if (terms === undefined) return {}
    return {
      terms: {
        names: this.#termNames.subarray(0, this.#spanCount),
        keys: terms.keys.subarray(0, terms.keyCount),
        values: terms.values.subarray(0, terms.valueCount),
        starts: this.#termStarts.subarray(0, this.#spanCount * 2 + 2),
      },
    }
  }

  #addTerms(terms: TermList, found: Uint32Array, from: DataView): void {
    const span = this.#spanCount - 1
    const name = found[Found.name] as number
    const nameEnd = name + (found[Found.nameLength] as number)
    const state = absorbView(levelState(TermLevel.name), from, name, nameEnd)
    this.#termNames[span] = finishHash(state)
    this.#termStarts[span * 2 + 2] = terms.keyCount
    this.#termStarts[span * 2 + 3] = terms.valueCount
  }

  /** @returns what the whole microseconds leave out; see `SpanField.nanoRemainders` */
  #addTimes(found: Uint32Array): number {
    const startLow = found[Found.startLow] as number
    const startHigh = found[Found.startHigh] as number
    const borrow = (found[Found.endLow] as number) < startLow ? 1 : 0
    const low = ((found[Found.endLow] as number) - startLow) >>> 0
    const high = (found[Found.endHigh] as number) - startHigh - borrow
    this.#times[this.#spanCount * 2] = microsOfHalves(startHigh, startLow)
    this.#times[this.#spanCount * 2 + 1] = high < 0 ? 0 : microsOfHalves(high, low)
    const rest = high < 0 ? 0 : nanoRemainderOfHalves(high, low)
    return nanoRemainderOfHalves(startHigh, startLow) + 1000 * rest
  }

  #growSpans(): void {
    const spans = new Uint32Array(this.#spans.length * 2)
    spans.set(this.#spans)
    this.#spans = spans
    const times = new Float64Array(this.#times.length * 2)
    times.set(this.#times)
    this.#times = times
    if (this.#terms === undefined) return
    const names = new Uint32Array(this.#termNames.length * 2)
    names.set(this.#termNames)
    this.#termNames = names
    const starts = new Uint32Array(names.length * 2 + 2)
    starts.set(this.#termStarts)
    this.#termStarts = starts
  }

  #allBytes(): Uint8Array {
    if (this.#appended.length === 0) return this.#bytes
    const all = new Uint8Array(this.#bytes.length + this.#appendedBytes)
    all.set(this.#bytes)
    let at = this.#bytes.length
    for (const bytes of this.#appended) {
      all.set(bytes, at)
      at += bytes.length
    }
    return all
  }
}
