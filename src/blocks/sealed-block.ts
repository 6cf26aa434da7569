import type { SpanBatch } from '../../bridge/model/span-batch.ts'
import { readStored } from '../errors/read-stored.ts'
import { indexedStartMicros } from '../search/indexed-start.ts'
import type { BlockHead } from './block-head.ts'
import { decodeHead } from './block-head.ts'
import type { BlockSections, DecodedColumns, DecodedIds } from './block-sections.ts'
import { decodeColumns, decodeIds } from './block-sections.ts'
import type {
  ArrivalRun,
  BlockColumns,
  BlockGroup,
  BlockIds,
  BlockSummary,
  BlockView,
  BlockWhat,
} from './block-view.ts'
import { frontBytes, restoreBody, timesBytes } from './cut-bodies.ts'
import type { HashSet } from './hash-set.ts'
import { Postings } from './postings.ts'
import { batchOfBodies } from './span-bodies.ts'
import { SpanUnion } from './span-union.ts'

/** Where the parts of a sealed block are kept; each is asked for once, when it is needed. */
export interface BlockSource {
  readonly summary: BlockSummary
  section(name: Exclude<keyof BlockSections, 'summary'>): Uint8Array
  /** The first span of each chunk of bodies, ascending from 0. */
  chunkStarts(): ArrayLike<number>
  /** The cut bodies of a chunk (cut-bodies.ts), decompressed; asked for as often as spans of it are read. */
  chunk(index: number): Uint8Array
}

/** A sealed block, of which only the parts that are asked for are read. */
export class SealedBlock implements BlockView {
  readonly #source: BlockSource
  #head: BlockHead | undefined
  #decoded: DecodedColumns | undefined
  #columns: BlockColumns | undefined
  #decodedIds: DecodedIds | undefined
  #ids: BlockIds | undefined
  #traceIds: Uint8Array | undefined
  #postings: Postings | undefined
  #offsets: Float64Array | undefined

  constructor(source: BlockSource) {
    this.#source = source
  }

  get summary(): BlockSummary {
    return this.#source.summary
  }

  get runs(): readonly ArrivalRun[] {
    return this.#readHead().runs
  }

  get groups(): readonly BlockGroup[] {
    return this.#readHead().groups
  }

  get whats(): readonly BlockWhat[] {
    return this.#readHead().whats
  }

  get columns(): BlockColumns {
    this.#columns ??= this.#readColumns()
    return this.#columns
  }

  get ids(): BlockIds {
    if (this.#ids !== undefined) return this.#ids
    const { isCut: _, ...ids } = this.#readIds()
    this.#ids = { ownStarts: this.#readDecoded().ownStarts, ...ids }
    return this.#ids
  }

  get traceIds(): Uint8Array {
    this.#traceIds ??= this.#source.section('traceIds')
    return this.#traceIds
  }

  /** All terms; see `Postings`. */
  get postings(): Postings {
    this.#postings ??= readStored(
      damaged('terms'),
      () => new Postings(this.#source.section('terms'), this.summary.spanCount),
    )
    return this.#postings
  }

  spansWithAny(hashes: HashSet): ArrayLike<number> {
    const union = new SpanUnion(this.summary.spanCount)
    for (const hash of hashes) union.add(this.postings.spansWith(hash))
    return union.spans()
  }

  batchOf(spans: ArrayLike<number>, arrivalUnixMs: number): SpanBatch {
    const starts = this.#source.chunkStarts()
    const offsets = this.#bodyOffsets(starts)
    const { isCut } = this.#readIds()
    const { lengths } = this.ids
    const parts = { ...this.columns, ...this.ids, traceIds: this.traceIds }
    const chunks = new Map<number, Uint8Array>()
    return batchOfBodies(this, spans, arrivalUnixMs, (span, into, at) => {
      const index = chunkOf(starts, span)
      const bytes = chunks.get(index) ?? this.#source.chunk(index)
      chunks.set(index, bytes)
      const offset = offsets[span] as number
      const length = lengths[span] as number
      if (isCut[span] === 0) into.set(bytes.subarray(offset, offset + length), at)
      else {
        readStored(damagedBodies, () => restoreBody(parts, span, bytes, offset, length, into, at))
      }
    })
  }

  #readIds(): DecodedIds {
    this.#decodedIds ??= readStored(damaged('ids'), () =>
      decodeIds(this.#source.section('ids'), this.summary.spanCount),
    )
    return this.#decodedIds
  }

  #readHead(): BlockHead {
    this.#head ??= readStored(damaged('head'), () => decodeHead(this.#source.section('head')))
    return this.#head
  }

  #readDecoded(): DecodedColumns {
    this.#decoded ??= readStored(damaged('columns'), () =>
      decodeColumns(this.#source.section('columns'), this.summary.spanCount),
    )
    return this.#decoded
  }

  #readColumns(): BlockColumns {
    const { ownStarts, isMoved, ...columns } = this.#readDecoded()
    return { ...columns, starts: isMoved ? this.#indexedStarts(ownStarts) : ownStarts }
  }

  #indexedStarts(ownStarts: Float64Array): Float64Array {
    const { retentionMs, runs } = this.#readHead()
    const starts = new Float64Array(ownStarts.length)
    let span = 0
    for (const { spanCount, arrivalUnixMs } of runs) {
      for (const end = span + spanCount; span < end; span++) {
        const startMicros = ownStarts[span] as number
        starts[span] = indexedStartMicros({ startMicros, arrivalUnixMs, retentionMs })
      }
    }
    return starts
  }

  /** Where each body, cut or not, begins in its chunk. */
  #bodyOffsets(starts: ArrayLike<number>): Float64Array {
    if (this.#offsets !== undefined) return this.#offsets
    const { lengths, parentIds, isCut } = this.#readIds()
    const offsets = new Float64Array(lengths.length)
    let chunk = 0
    let at = 0
    for (let span = 0; span < lengths.length; span++) {
      if (chunk < starts.length && starts[chunk] === span) {
        chunk++
        at = 0
      }
      offsets[span] = at
      const cut = isCut[span] === 0 ? 0 : frontBytes(parentIds, span) + timesBytes
      at += (lengths[span] as number) - cut
    }
    this.#offsets = offsets
    return offsets
  }
}

function chunkOf(starts: ArrayLike<number>, span: number): number {
  let low = 0
  let high = starts.length - 1
  while (low < high) {
    const middle = (low + high + 1) >>> 1
    if ((starts[middle] as number) <= span) low = middle
    else high = middle - 1
  }
  return low
}

/** What cannot be done then, for the message. */
function damaged(part: string): string {
  return `Cannot read block: its ${part} are damaged`
}

/** Once for all spans. */
const damagedBodies = damaged('bodies')
