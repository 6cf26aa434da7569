import type { SpanBatch } from '../../../../bridge/model/span-batch.ts'
import { latin1Of } from '../../../../bridge/wire/bytes-text.ts'
import type {
  ArrivalRun,
  BlockColumns,
  BlockGroup,
  BlockSummary,
  BlockWhat,
} from '../../../blocks/block-view.ts'
import type { HashSet } from '../../../blocks/hash-set.ts'
import { SealedBlock } from '../../../blocks/sealed-block.ts'
import { batchOfBodies } from '../../../blocks/span-bodies.ts'
import type { LoadingBlock } from '../../../blocks/walk-blocks.ts'
import { GatewayError } from '../../../errors/gateway-error.ts'
import { inParallel } from '../../in-parallel.ts'
import type { BlockRows } from './block-rows.ts'
import type { BlockTerms } from './block-terms.ts'
import type { Origin } from './origins.ts'
import { partBodies } from './part-codec.ts'

/** Where the bodies of one trace that one portion brought are. */
export interface BodyKey {
  readonly traceId: Uint8Array
  readonly split: number
  /** Id of the portion. */
  readonly portion: Uint8Array
}

/** What a block is read from. */
export interface StoredBlockSource {
  readonly summary: BlockSummary
  readonly terms: BlockTerms
  readonly rows: BlockRows
  /** The parts of a trace that a portion brought, in their order. */
  readonly readParts: (key: BodyKey) => Promise<readonly Uint8Array[]>
  /** The same as an earlier read gave them, if they are still there. */
  readonly cachedParts: (key: BodyKey) => readonly Uint8Array[] | undefined
  /** For later reads; all parts of the key are there. */
  readonly keepParts: (key: BodyKey, parts: readonly Uint8Array[]) => void
}

/** Spans of one trace that came with one portion. */
interface Wanted {
  readonly key: BodyKey
  readonly spans: readonly number[]
}

/** Reads of bodies that one block has under way. */
const readsMax = 32

/** A block as searches see it; the bodies of its spans are in the partitions of their traces. */
export class StoredBlock implements LoadingBlock<Promise<void>> {
  readonly #source: StoredBlockSource
  readonly #sealed: SealedBlock
  readonly #bodies = new Map<number, Uint8Array>()
  readonly ids: { readonly lengths: Uint32Array }

  constructor(source: StoredBlockSource) {
    const { summary, rows } = source
    this.#source = source
    this.ids = { lengths: new Uint32Array(summary.spanCount) }
    this.#sealed = new SealedBlock({
      summary,
      section: (name) => {
        if (name === 'head' || name === 'columns' || name === 'traceIds') return rows[name]
        throw new TypeError(`Cannot read ${name} of a block: it is not kept`)
      },
      chunkStarts: () => [],
      chunk: () => {
        throw new TypeError('Cannot read chunks of a block: there are none')
      },
    })
  }

  get summary(): BlockSummary {
    return this.#source.summary
  }

  get columns(): BlockColumns {
    return this.#sealed.columns
  }

  get groups(): readonly BlockGroup[] {
    return this.#sealed.groups
  }

  get whats(): readonly BlockWhat[] {
    return this.#sealed.whats
  }

  get runs(): readonly ArrivalRun[] {
    return this.#sealed.runs
  }

  get traceIds(): Uint8Array {
    return this.#source.rows.traceIds
  }

  spansWithAny(hashes: HashSet): ArrayLike<number> {
    return this.#source.terms.spansWithAny(hashes)
  }

  /** Reads the bodies of these spans, and of those of their traces that came with them. */
  load(spans: ArrayLike<number>): Promise<void> | undefined {
    const wanted = new Map<string, Wanted>()
    for (let index = 0; index < spans.length; index++) {
      const span = spans[index] as number
      if (!this.#bodies.has(span)) this.#want(span, wanted)
    }
    const { cachedParts, readParts, keepParts } = this.#source
    const missing: Wanted[] = []
    for (const one of wanted.values()) {
      const parts = cachedParts(one.key)
      if (parts === undefined) missing.push(one)
      else this.#take(one, parts)
    }
    if (missing.length === 0) return undefined
    return inParallel(missing, readsMax, async (one) => {
      const parts = await readParts(one.key)
      // With a weak consistency a row may still be on its way.
      if (this.#take(one, parts)) keepParts(one.key, parts)
    })
  }

  batchOf(spans: ArrayLike<number>, arrivalUnixMs: number): SpanBatch {
    return batchOfBodies(this, spans, arrivalUnixMs, (span, into, at) => {
      const body = this.#bodies.get(span)
      if (body === undefined) throw missingBody()
      into.set(body, at)
    })
  }

  #want(span: number, wanted: Map<string, Wanted>): void {
    const { origin, first, index } = this.#originOf(span)
    const trace = this.columns.traces[span] as number
    const name = `${index} ${trace}`
    if (wanted.has(name)) return
    const traceId = this.traceIds.subarray(trace * 16, trace * 16 + 16)
    const split = origin.splits.get(latin1Of(traceId)) ?? 0
    const spans = this.#spansOf(trace, first, first + origin.spanCount)
    wanted.set(name, { key: { traceId, split, portion: origin.id }, spans })
  }

  /** @returns whether the parts have a body for each of the spans */
  #take({ spans }: Wanted, parts: readonly Uint8Array[]): boolean {
    let at = 0
    for (const part of parts) {
      const { bytes, places } = partBodies(part)
      for (const [offset, length] of places) {
        const span = spans[at++]
        if (span === undefined) return false
        this.#bodies.set(span, bytes.subarray(offset, offset + length))
        this.ids.lengths[span] = length
      }
    }
    return at === spans.length
  }

  #originOf(span: number): { origin: Origin; first: number; index: number } {
    let first = 0
    for (const [index, origin] of this.#source.rows.origins.entries()) {
      if (span < first + origin.spanCount) return { origin, first, index }
      first += origin.spanCount
    }
    throw missingBody()
  }

  #spansOf(trace: number, first: number, end: number): readonly number[] {
    const { traces } = this.columns
    const spans: number[] = []
    for (let at = traces.indexOf(trace, first); at >= 0 && at < end; ) {
      spans.push(at)
      at = traces.indexOf(trace, at + 1)
    }
    return spans
  }
}

function missingBody(): GatewayError {
  return new GatewayError('store_corrupt', 'Cannot read block: the body of a span is missing')
}
