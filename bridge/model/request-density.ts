import { WireError } from '../wire/wire-error.ts'
import type { DecodeOptions } from './decoded.ts'

/** A span with ids takes more in every format, and so does a group of spans that says whose they are. */
export const spanBytesMin = 16
/** So many spans and groups are taken of however few bytes. */
export const sparseSpansMax = 64
/** So many tags, events and the like are taken of however few bytes. */
export const sparseItemsMax = 1000

/**
 * Counts what one request holds against its bytes. An empty message takes one byte or two on a wire and
 * as much work as a real one; so a request of nothing but such would cost many times what its length
 * tells, and megabytes of them compress to nothing. Real spans are never so short, so a request that has
 * more elements than its bytes can really hold is refused as soon as that is known.
 *
 * Counted over the whole request, however its elements are spread over lists and messages.
 */
export class RequestDensity {
  readonly #sizeBytes: number
  readonly #itemBytesMin: number
  readonly #onItems: DecodeOptions['onItems']
  readonly #spansMax: number
  readonly #itemsMax: number
  #spans = 0
  #items = 0

  /**
   * @param sizeBytes length of the request; infinite for what is not to be refused
   * @param itemBytesMin how long tags, events, links and values of the format are at least
   * @param onItems told 0 now and then, so that it may end what is going to be long
   */
  constructor(sizeBytes: number, itemBytesMin: number, onItems?: DecodeOptions['onItems']) {
    this.#sizeBytes = sizeBytes
    this.#itemBytesMin = itemBytesMin
    this.#onItems = onItems
    this.#spansMax = sparseSpansMax + Math.floor(sizeBytes / spanBytesMin)
    this.#itemsMax = sparseItemsMax + Math.floor(sizeBytes / itemBytesMin)
  }

  /** Of what a decoder was given; only a request that clients have sent can be refused. */
  static of(options: DecodeOptions, sizeBytes: number, itemBytesMin: number): RequestDensity {
    const { isRequest, onItems } = options
    return new RequestDensity(isRequest === true ? sizeBytes : Infinity, itemBytesMin, onItems)
  }

  /**
   * Counts spans, batches, resources or scopes that begin.
   *
   * @param at where in the request they do
   * @throws WireError 'too_many', and what `onItems` throws
   */
  countSpans(count: number, at: number): void {
    const before = this.#spans
    this.#spans = before + count
    if (this.#spans > this.#spansMax) {
      throw this.#tooMany('spans and groups', this.#spansMax, sparseSpansMax, spanBytesMin, at)
    }
    if (((before ^ this.#spans) & ~(lookEvery - 1)) !== 0) this.#onItems?.(0)
  }

  /**
   * Counts tags, events, links or values.
   *
   * @param at where in the request they are
   * @throws WireError 'too_many', and what `onItems` throws
   */
  countItems(count: number, at: number): void {
    const before = this.#items
    this.#items = before + count
    if (this.#items > this.#itemsMax) {
      const least = this.#itemBytesMin
      throw this.#tooMany(
        'tags, events, links and values',
        this.#itemsMax,
        sparseItemsMax,
        least,
        at,
      )
    }
    if (((before ^ this.#items) & ~(lookEvery - 1)) !== 0) this.#onItems?.(0)
  }

  #tooMany(what: string, max: number, sparse: number, least: number, at: number): WireError {
    const allowed = `at most ${sparse} and one for every ${least} bytes`
    const state = `it has over ${max} ${what} in ${this.#sizeBytes} bytes, ${allowed}`
    return new WireError('too_many', `Cannot decode request: ${state}`, at)
  }
}

/** A power of 2: so many elements are some milliseconds. */
const lookEvery = 4096
