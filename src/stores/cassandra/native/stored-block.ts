import type { SpanBatch } from '../../../../bridge/model/span-batch.ts'
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
import { inParallel } from '../in-parallel.ts'
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
    const missing = Array.from(spans).filter((span) => !this.#bodies.has(span))
    return missing.length === 0 ? undefined : this.#read(missing)
  }

  batchOf(spans: ArrayLike<number>, arrivalUnixMs: number): SpanBatch {
    return batchOfBodies(this, spans, arrivalUnixMs, (span, into, at) => {
      const body = this.#bodies.get(span)
      if (body === undefined) throw missingBody()
      into.set(body, at)
    })
  }

  async #read(spans: readonly number[]): Promise<void> {
    const groups = new Map<string, { key: BodyKey; members: readonly number[] }>()
    for (const span of spans) {
      const { origin, first, index } = this.#originOf(span)
      const trace = this.columns.traces[span] as number
      const name = `${index} ${trace}`
      if (groups.has(name)) continue
      const traceId = this.traceIds.subarray(trace * 16, trace * 16 + 16)
      const split = origin.splits.get(Buffer.from(traceId).toString('latin1')) ?? 0
      const end = first + origin.spanCount
      groups.set(name, {
        key: { traceId, split, portion: origin.id },
        members: this.#spansOf(trace, first, end),
      })
    }
    await inParallel([...groups.values()], readsMax, async ({ key, members }) => {
      let at = 0
      for (const part of await this.#source.readParts(key)) {
        const { bytes, places } = partBodies(part)
        for (const [offset, length] of places) {
          const span = members[at++]
          if (span === undefined) return
          this.#bodies.set(span, bytes.subarray(offset, offset + length))
          this.ids.lengths[span] = length
        }
      }
    })
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
