import type { SpanBatch } from '../../../bridge/model/span-batch.ts'
import { SpanField, spanStride } from '../../../bridge/model/span-batch.ts'
import type { BlockSections } from '../../blocks/block-sections.ts'
import { sealBlock } from '../../blocks/block-sections.ts'
import { OpenBlock } from '../../blocks/open-block.ts'
import { chunkBytesMax, cutChunks, encodeChunk } from './chunk-codec.ts'
import { decodePending, encodePending } from './pending-row.ts'
import type { ChunkPlace, PendingKey, PendingRow, WriteStatements } from './write-statements.ts'

/** When spans are put into a block. */
export interface BlockLimits {
  /** A block has at least so many spans unless their bodies are large; at most half as many more. */
  readonly spans: number
  readonly bodyBytes: number
}

/** As measured (docs/adr/0004-spans-in-blocks.md). */
export const blockLimitDefaults: BlockLimits = { spans: 4000, bodyBytes: 6 * 1024 * 1024 }

/** A block that is part of the transaction under way. */
export interface SealedInCommit {
  readonly id: number
  readonly open: OpenBlock
  readonly sections: BlockSections
}

/** What pending spans use of their file; everything happens in a transaction of the caller. */
export interface PendingFile {
  readonly retentionMs: number
  readonly limits: BlockLimits
  readonly statements: WriteStatements
  nextId(table: 'block' | 'chunk' | 'pending'): number
  /** The parts of a row as they were stored before this transaction or in it. */
  readRow(id: number): { head: Uint8Array; spans: Uint8Array; bodies: Uint8Array }
  noteName(tenant: string, service: string, operation: string, kind: number): void
  noteSealed(block: SealedInCommit): void
  /** An empty block; one that is going to be full has room for that. */
  newBlock(isGoingToBeFull: boolean): OpenBlock
}

/** Bodies of a row that are shorter together are in the row itself. */
const inlineBytesMax = 32 * 1024
/** So many rows at the end, each with fewer spans than the step, become one row. */
const mergeRows = 32
const mergeSteps = [16, 512]

/**
 * The spans of one tenant in one file that are in no block yet: rows of `pending`, and the spans of
 * the commit under way. When they are enough they become a block.
 *
 * All of it is as if the commit succeeds; when it does not, this object is thrown away and made
 * anew from the rows. The spans are kept as an open block, of which `release` frees the memory; rows
 * before `#firstRow` are then only in the file, and are read when they are needed.
 */
export class PendingSpans {
  readonly #file: PendingFile
  readonly #key: PendingKey
  #rows: PendingRow[]
  /** Rows from `#firstRow` on, then the spans of the commit under way. */
  #open: OpenBlock | undefined
  #firstRow: number
  /** Of the rows. */
  #spanCount: number
  #bodyBytes: number
  /** Of the commit under way. */
  #addedSpans = 0
  #addedBytes = 0
  /** Services of the open block with their numbers, and the number of each of its groups. */
  readonly #services = new Map<string, number>()
  readonly #serviceOf: number[] = []
  /** Names of the open block that the file has: for each service's number, 1 at the name's. */
  readonly #names: Uint8Array[] = []
  #wasFull = false

  constructor(file: PendingFile, key: PendingKey, rows: PendingRow[] = []) {
    this.#file = file
    this.#key = key
    this.#rows = rows
    this.#firstRow = rows.length
    this.#spanCount = rows.reduce((sum, { spanCount }) => sum + spanCount, 0)
    this.#bodyBytes = rows.reduce((sum, { bodyBytes }) => sum + bodyBytes, 0)
  }

  /** Spans that are in no block. */
  get spanCount(): number {
    return this.#spanCount + this.#addedSpans
  }

  /** Memory that is taken. */
  get sizeBytes(): number {
    return this.#open?.sizeBytes ?? 0
  }

  /** Frees memory; only between commits. */
  release(): void {
    this.#leave()
    this.#firstRow = this.#rows.length
  }

  /** Adds spans of a batch to the commit under way; those that fill a block are sealed at once. */
  append(batch: SpanBatch, first: number, end: number): void {
    let at = first
    while (at < end) {
      const open = this.#growing()
      const taken = this.#room(batch, at, end)
      const before = open.spanCount
      open.append(batch, at, at + taken.spans)
      this.#noteNames(open, before)
      this.#addedSpans += taken.spans
      this.#addedBytes += taken.bytes
      at += taken.spans
      if (at < end) this.seal()
    }
  }

  /** Ends the commit's part: a block where there are spans enough, else a row. */
  flush(): void {
    if (this.#addedSpans === 0) return
    const { spans, bodyBytes } = this.#file.limits
    const isFull =
      this.spanCount >= spans ||
      this.#bodyBytes + this.#addedBytes >= bodyBytes ||
      this.#addedSpans * 2 >= spans ||
      this.#addedBytes * 2 >= bodyBytes
    if (isFull) {
      this.#wasFull = true
      this.seal()
      return
    }
    const open = this.#growing()
    const first = open.spanCount - this.#addedSpans
    this.#addRow(this.#insertRow(open, first, []))
    this.#addedSpans = 0
    this.#addedBytes = 0
    for (const step of mergeSteps) this.#mergeSmaller(step)
  }

  /** Makes a block of all spans, the rows' and the commit's. */
  seal(): void {
    if (this.spanCount === 0) return
    const { statements, nextId, noteSealed } = this.#file
    const open = this.#complete()
    const sections = sealBlock(open, sealSeed)
    const id = nextId('block')
    statements.insertBlock(id, this.#key.tenant, sections, this.#placeBodies(open, 0, this.#rows))
    for (const row of this.#rows) statements.deletePending(row.id)
    noteSealed({ id, open, sections })
    this.#rows = []
    this.#firstRow = 0
    this.#leave()
    this.#spanCount = 0
    this.#bodyBytes = 0
    this.#addedSpans = 0
    this.#addedBytes = 0
  }

  #growing(): OpenBlock {
    this.#open ??= this.#file.newBlock(this.#wasFull)
    return this.#open
  }

  /** How many spans may come into the block; at least one. */
  #room(batch: SpanBatch, first: number, end: number): { spans: number; bytes: number } {
    const { limits } = this.#file
    const spansMax = Math.max(1, Math.ceil(limits.spans * 1.5) - this.spanCount)
    const bytesMax = limits.bodyBytes - this.#bodyBytes - this.#addedBytes
    let bytes = 0
    let at = first
    while (at < end && at - first < spansMax && (at === first || bytes < bytesMax)) {
      bytes += batch.spans[at * spanStride + SpanField.length] as number
      at++
    }
    return { spans: at - first, bytes }
  }

  #noteNames(open: OpenBlock, from: number): void {
    const { columns, groups } = open
    for (let group = this.#serviceOf.length; group < groups.length; group++) {
      const service = groups[group]?.service ?? ''
      const number = this.#services.get(service) ?? this.#services.size
      this.#services.set(service, number)
      this.#serviceOf.push(number)
    }
    const whatOf = columns.whats
    const groupOf = columns.groups
    const { whats } = open
    for (let span = from; span < open.spanCount; span++) {
      const group = groupOf[span] as number
      const number = whatOf[span] as number
      const known = this.#knownNames(this.#serviceOf[group] as number, whats.length)
      if (known[number] === 1) continue
      known[number] = 1
      const service = groups[group]?.service ?? ''
      const what = whats[number]
      if (what !== undefined) {
        this.#file.noteName(this.#key.tenant, service, what.name, what.kind | 0)
      }
    }
  }

  #knownNames(service: number, names: number): Uint8Array {
    const known = this.#names[service]
    if (known !== undefined && known.length >= names) return known
    const larger = new Uint8Array(Math.max(64, names * 2))
    larger.set(known ?? none)
    this.#names[service] = larger
    return larger
  }

  /** The next open block begins anew. */
  #leave(): void {
    this.#open = undefined
    this.#names.length = 0
    this.#services.clear()
    this.#serviceOf.length = 0
  }

  /** All spans in one open block, rows that were released among them. */
  #complete(): OpenBlock {
    const open = this.#growing()
    if (this.#firstRow === 0) return open
    const bodyBytes = this.#bodyBytes + this.#addedBytes
    const complete = new OpenBlock(this.#file.retentionMs, this.spanCount, bodyBytes)
    for (const row of this.#rows.slice(0, this.#firstRow)) {
      for (const batch of decodePending(this.#file.readRow(row.id))) complete.append(batch)
    }
    let first = 0
    for (const { spanCount, arrivalUnixMs } of open.runs) {
      const spans = Array.from({ length: spanCount }, (_, index) => first + index)
      complete.append(open.batchOf(spans, arrivalUnixMs))
      first += spanCount
    }
    this.#leave()
    this.#open = complete
    this.#firstRow = 0
    return complete
  }

  /**
   * Places for the bodies of spans from `first` on, those of the rows and then those of the commit:
   * large chunks of the rows stay as they are, what lies between them gets new ones.
   */
  #placeBodies(open: OpenBlock, first: number, rows: readonly PendingRow[]): ChunkPlace[] {
    const places: ChunkPlace[] = []
    let loose = first
    const placeLoose = (end: number): void => {
      for (const cut of cutChunks(open.ids.lengths, loose, end)) {
        const bodies = open.joinCutBodies(cut.first, cut.end, room)
        const id = this.#file.nextId('chunk')
        this.#file.statements.insertChunk(id, encodeChunk(bodies))
        places.push({ id, first: cut.first - first, rawBytes: bodies.length })
      }
    }
    let rowFirst = first
    for (const row of rows) {
      for (const [index, chunk] of row.chunks.entries()) {
        if (chunk.rawBytes < inlineBytesMax) {
          this.#file.statements.deleteChunk(chunk.id)
          continue
        }
        placeLoose(rowFirst + chunk.first)
        places.push({ ...chunk, first: rowFirst + chunk.first - first })
        loose = rowFirst + (row.chunks[index + 1]?.first ?? row.spanCount)
      }
      rowFirst += row.spanCount
    }
    placeLoose(open.spanCount)
    return places
  }

  /** Stores the spans from `first` on as a row; those of `rows`, which come first, are in it then. */
  #insertRow(open: OpenBlock, first: number, rows: readonly PendingRow[]): PendingRow {
    const isInline = bodyBytesOf(open, first) < inlineBytesMax
    const content = encodePending(open, first, open.spanCount, !isInline)
    const { bodyBytes } = content
    const bodies = isInline ? encodeChunk(open.joinBodies(first)) : none
    const chunks = isInline ? [] : this.#placeBodies(open, first, rows)
    for (const row of rows) this.#file.statements.deletePending(row.id)
    const id = this.#file.nextId('pending')
    const row = { ...this.#key, id, spanCount: content.summary.spanCount, bodyBytes, chunks }
    this.#file.statements.insertPending(row, content, bodies)
    return row
  }

  #addRow(row: PendingRow): void {
    this.#rows.push(row)
    this.#spanCount += row.spanCount
    this.#bodyBytes += row.bodyBytes
  }

  /** Small rows at the end become one, so that a quiet tenant leaves no long tail of them. */
  #mergeSmaller(step: number): void {
    let from = this.#rows.length
    while (from > 0 && (this.#rows[from - 1]?.spanCount ?? step) < step) from--
    const rows = this.#rows.slice(from)
    if (rows.length < mergeRows) return
    const open = from >= this.#firstRow ? this.#growing() : this.#complete()
    const spanCount = rows.reduce((sum, row) => sum + row.spanCount, 0)
    this.#rows.splice(from, rows.length, this.#insertRow(open, open.spanCount - spanCount, rows))
  }
}

function bodyBytesOf(open: OpenBlock, first: number): number {
  let size = 0
  for (const length of open.ids.lengths.subarray(first)) size += length
  return size
}

const none = new Uint8Array(0)
/** For one chunk after the other: large arrays are what garbage is collected for. */
const room = new Uint8Array(chunkBytesMax)
/** Of this process alone. */
const sealSeed = Math.floor(Math.random() * 2 ** 32)
