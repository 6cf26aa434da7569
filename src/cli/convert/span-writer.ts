import type { Losses } from '../../../bridge/model/losses.ts'
import { LossCounter } from '../../../bridge/model/losses.ts'
import type { SpanBatch } from '../../../bridge/model/span-batch.ts'
import { spanCount } from '../../../bridge/model/span-batch.ts'
import type { OutputFormat } from '../formats/format.ts'
import { TraceGatherer } from './trace-gatherer.ts'

/** Where bytes go; resolves when it takes more. */
export type Sink = (data: string | Uint8Array) => Promise<void>

/** The last line of a text that is not all. */
const cutText = '(the file that was read breaks off here)'

/** Pieces of a document are written together up to this many characters. */
const pieceLengthMax = 256 * 1024

/**
 * Writes spans in one format as they come. A JSON document is on one line, so that what reads documents
 * by lines reads it too.
 */
export class SpanWriter {
  spans = 0
  readonly #format: OutputFormat
  readonly #sink: Sink
  readonly #gatherer: TraceGatherer | undefined
  readonly #lost = new LossCounter<string>()
  #isEmpty = true

  /** @param gatherBytesMax how many bytes of spans may wait for others of their traces */
  constructor(format: OutputFormat, sink: Sink, gatherBytesMax: number) {
    this.#format = format
    this.#sink = sink
    this.#gatherer = format.wholeTraces ? new TraceGatherer(gatherBytesMax) : undefined
  }

  /** What was in the spans and is not in what was written. */
  get lost(): Losses {
    return this.#lost.counts
  }

  /** Traces that were written in several parts. */
  get splitTraces(): number {
    return this.#gatherer?.split ?? 0
  }

  async write(batch: SpanBatch): Promise<void> {
    const count = spanCount(batch)
    this.spans += count
    if (count === 0) return
    if (this.#gatherer === undefined) await this.#encode([batch])
    else for (const trace of this.#gatherer.add(batch)) await this.#encode(trace)
  }

  /**
   * Writes what has waited for other spans, and the end of the document.
   *
   * @param end `isWhole`: whether all that there is was written; otherwise a document has no end, so that nobody takes
   * it for a whole one, and a text says so
   */
  async end({ isWhole }: { readonly isWhole: boolean }): Promise<void> {
    for (const trace of this.#gatherer?.end() ?? []) await this.#encode(trace)
    const format = this.#format
    if (format.kind === 'text' && !isWhole)
      await this.#sink(`${this.#isEmpty ? '' : '\n'}${cutText}\n`)
    if (format.kind !== 'json' || !isWhole) return
    const [head, tail] = frameOf(format)
    await this.#sink(`${this.#isEmpty ? head : ''}${tail}\n`)
  }

  async #encode(batches: readonly SpanBatch[]): Promise<void> {
    const format = this.#format
    if (format.kind === 'json') {
      const { written, lost } = format.encode(batches)
      this.#lost.addAll(lost)
      await this.#writeElements(written, frameOf(format)[0])
      return
    }
    const { written, lost } = format.encode(batches)
    this.#lost.addAll(lost)
    await this.#sink(typeof written === 'string' && !this.#isEmpty ? `\n${written}` : written)
    this.#isEmpty = false
  }

  async #writeElements(elements: readonly unknown[], head: string): Promise<void> {
    let text = ''
    for (const element of elements) {
      text += (this.#isEmpty ? head : ',') + JSON.stringify(element)
      this.#isEmpty = false
      if (text.length < pieceLengthMax) continue
      await this.#sink(text)
      text = ''
    }
    if (text !== '') await this.#sink(text)
  }
}

/** What stands before and behind the elements of a document. */
function frameOf(format: OutputFormat & { readonly kind: 'json' }): [head: string, tail: string] {
  const mark = '<elements>'
  const [head = '', tail = ''] = JSON.stringify(format.document([mark])).split(`"${mark}"`)
  return [head, tail]
}
