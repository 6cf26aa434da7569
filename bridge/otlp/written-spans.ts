import type { Decoded, DecodeLimits, DecodeOptions, RepairName } from '../model/decoded.ts'
import { defaultDecodeLimits } from '../model/decoded.ts'
import type { Decoding } from './decoding.ts'
import { OutputBuilder } from './output-builder.ts'
import { Rejections } from './rejections.ts'
import { createScan } from './scan.ts'
import { foundLength } from './scan-span.ts'
import type { SpanOutput } from './span-output.ts'
import { takeSpan } from './take-span.ts'
import { TermList } from './term-list.ts'

/**
 * Spans of another format, each written as the body of an OTLP Span and then taken as those of OTLP
 * are: so limits, repairs, rejections, index and terms are the same for every format.
 */
export class WrittenSpans {
  readonly builder: OutputBuilder
  readonly limits: DecodeLimits
  readonly rejections = new Rejections()
  readonly repairs = new Map<RepairName, number>()
  readonly #output: SpanOutput
  readonly #terms: TermList | undefined
  readonly #onItems: DecodeOptions['onItems']
  #decoding: Decoding

  /**
   * @param output where the spans are written; it begins anew
   * @param sizeBytes length of the request, by which room is made
   */
  constructor(output: SpanOutput, options: DecodeOptions, sizeBytes: number) {
    const { limits, memory, withTerms } = options
    this.limits = limits === undefined ? defaultDecodeLimits : { ...defaultDecodeLimits, ...limits }
    const terms = withTerms === true ? new TermList(memory ?? 64 + (sizeBytes >>> 5)) : undefined
    this.#output = output
    this.#terms = terms
    this.#onItems = options.onItems
    this.builder = new OutputBuilder(output, terms, 8 + Math.floor(sizeBytes / 384), memory)
    this.#decoding = this.#decodingOf(output.bytes)
  }

  /**
   * Takes the span that was written from `start` on into a group, which is made with its first span;
   * it may be repaired or refused.
   */
  take(start: number, group: number): void {
    const { builder } = this
    const output = this.#output
    if (this.#decoding.bytes !== output.bytes) this.#decoding = this.#decodingOf(output.bytes)
    const count = builder.spanCount
    builder.spanStart = start
    takeSpan(this.#decoding, start, output.size, group)
    if (builder.spanCount === count) output.size = start
  }

  /** All that was taken. */
  finish(arrivalUnixMs: number): Decoded {
    return {
      batch: this.builder.finish(arrivalUnixMs),
      rejected: this.rejections.list,
      repairs: this.repairs,
    }
  }

  /** A larger output has other bytes. */
  #decodingOf(bytes: Uint8Array): Decoding {
    const { limits, builder, rejections, repairs } = this
    const scan = createScan(bytes, limits.nestingMax, limits.itemsMax, this.#terms)
    return { bytes, limits, scan, found, builder, rejections, repairs, onItems: this.#onItems }
  }
}

/** One span after the other. */
const found = new Uint32Array(foundLength)
