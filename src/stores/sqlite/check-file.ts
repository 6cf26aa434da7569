import { decodeHead } from '../../blocks/block-head.ts'
import { sealBlock } from '../../blocks/block-sections.ts'
import type { BlockSummary, BlockView } from '../../blocks/block-view.ts'
import { OpenBlock } from '../../blocks/open-block.ts'
import { Postings } from '../../blocks/postings.ts'
import { SealedBlock } from '../../blocks/sealed-block.ts'
import { SegmentBuilder, segmentBlocks } from '../../blocks/segment.ts'
import { FileConnection } from './file-connection.ts'
import { inspectFile } from './inspect-file.ts'
import { faultsOfPages, openForReading, verifySchema } from './open-database.ts'
import { openBlockOf } from './pending-row.ts'
import { StoredBlock } from './stored-block.ts'

/** What a check of a file found. */
export interface FileReport {
  readonly spans: number
  readonly blocks: number
  /** What is wrong, in the order in which it was found; empty when all is well. */
  readonly problems: readonly string[]
}

/** More problems than these are not looked for. */
const problemsMax = 20

/**
 * Reads all of a file: what SQLite says of it, then every span, of which columns, terms, postings and
 * segments are made anew and compared. Works beside a gateway that writes to it.
 */
export function checkFile(path: string): FileReport {
  const check = new FileCheck(path)
  check.run()
  return check
}

class FileCheck implements FileReport {
  spans = 0
  blocks = 0
  readonly problems: string[] = []
  readonly #path: string

  constructor(path: string) {
    this.#path = path
  }

  run(): void {
    this.#attempt('', () => {
      if (inspectFile(this.#path) === 'new') this.problems.push('it is empty')
    })
    if (this.problems.length > 0) return
    this.#attempt('', () => this.#checkDatabase())
    let connection: FileConnection | undefined
    this.#attempt('', () => {
      connection = new FileConnection(this.#path)
    })
    if (connection === undefined) return
    try {
      this.#checkSpans(connection)
    } finally {
      connection.close()
    }
  }

  #checkDatabase(): void {
    const database = openForReading(this.#path)
    try {
      verifySchema(this.#path, database)
      this.problems.push(...faultsOfPages(database, problemsMax))
    } finally {
      database.close()
    }
  }

  #checkSpans(connection: FileConnection): void {
    // Pending spans and blocks of one moment; a block does not change any more.
    let extent = { blocks: 0, inSegments: 0 }
    this.#attempt('', () => {
      connection.transaction(() => {
        extent = connection.extent()
        for (const { id, summary } of connection.allPending()) {
          this.#attempt(`pending row ${id}`, () => this.#checkPending(connection, id, summary))
        }
      })
    })
    let segment = new SegmentBuilder()
    for (let id = 1; id <= extent.blocks && this.problems.length < problemsMax; id++) {
      const slot = (id - 1) % segmentBlocks
      this.#attempt(`block ${id}`, () => this.#checkBlock(connection, id, slot, segment))
      const isLast = id === extent.inSegments
      if (id > extent.inSegments || (slot < segmentBlocks - 1 && !isLast)) continue
      const number = Math.floor((id - 1) / segmentBlocks)
      this.#attempt(`segment ${number}`, () => this.#checkSegment(connection, number, segment))
      segment = new SegmentBuilder()
    }
  }

  #checkPending(connection: FileConnection, id: number, summary: BlockSummary): void {
    const open = openBlockOf(connection.rawPending(id))
    this.spans += summary.spanCount
    this.#compareSummary(`pending row ${id}`, summary, open.summary)
  }

  #checkBlock(connection: FileConnection, id: number, slot: number, segment: SegmentBuilder): void {
    const row = connection.anyBlock(id)
    if (row === undefined) {
      this.problems.push(`block ${id}: it is missing`)
      return
    }
    const { summary } = row
    const reads = (): FileConnection['reads'] => connection.reads
    const stored = new SealedBlock(new StoredBlock({ id, summary, reads }))
    const { retentionMs, runs } = decodeHead(connection.reads.section(id, 'head'))
    const open = new OpenBlock(retentionMs, summary.spanCount)
    let first = 0
    for (const { spanCount, arrivalUnixMs } of runs) {
      const spans = Array.from({ length: spanCount }, (_, index) => first + index)
      open.append(stored.batchOf(spans, arrivalUnixMs))
      first += spanCount
    }
    this.spans += summary.spanCount
    this.blocks++
    const what = `block ${id}`
    this.#compareSummary(what, summary, open.summary)
    for (const part of differingParts(stored, open)) {
      this.problems.push(`${what}: its ${part} are not those of its spans`)
    }
    const terms = new Postings(sealBlock(open).terms, open.spanCount)
    if (!arePostingsSame(stored.postings, terms)) {
      this.problems.push(`${what}: its terms are not those of its spans`)
    }
    segment.add(slot, open, terms.hashes)
  }

  #checkSegment(connection: FileConnection, number: number, segment: SegmentBuilder): void {
    for (const { page, bits } of segment.pages()) {
      const stored = connection.filterPage(number, page)
      const isMissing = bits?.some((byte, at) => (byte & ~(stored?.[at] ?? 0)) !== 0) ?? false
      if (isMissing) {
        this.problems.push(`segment ${number}: its filter lacks terms of its blocks`)
        break
      }
    }
    for (const { bucket, entries } of segment.buckets()) {
      const stored = new Set(wordsOf(connection.traceBucket(number, bucket)))
      if (wordsOf(entries).some((entry) => !stored.has(entry))) {
        this.problems.push(`segment ${number}: its traces lack those of its blocks`)
        break
      }
    }
  }

  #compareSummary(what: string, stored: BlockSummary, made: BlockSummary): void {
    const isSame =
      stored.spanCount === made.spanCount &&
      stored.minMicros === Math.floor(made.minMicros) &&
      stored.maxMicros === Math.ceil(made.maxMicros) &&
      stored.durationMaxMicros === made.durationMaxMicros &&
      stored.arrivalMinUnixMs === Math.floor(made.arrivalMinUnixMs) &&
      stored.arrivalMaxUnixMs === Math.ceil(made.arrivalMaxUnixMs)
    if (!isSame) this.problems.push(`${what}: its summary is not that of its spans`)
  }

  #attempt(what: string, look: () => void): void {
    try {
      look()
    } catch (error) {
      const state = error instanceof Error ? error.message : String(error)
      this.problems.push(what === '' ? state : `${what}: ${state}`)
    }
  }
}

function* differingParts(stored: BlockView, made: BlockView): Iterable<string> {
  const { columns, ids } = stored
  for (const name of ['starts', 'durations', 'groups', 'whats', 'traces'] as const) {
    if (!isSame(columns[name], made.columns[name])) yield name
  }
  for (const name of ['ownStarts', 'spanIds', 'parentIds', 'nanoRemainders', 'lengths'] as const) {
    if (!isSame(ids[name], made.ids[name])) yield name
  }
  if (!isSame(stored.traceIds, made.traceIds)) yield 'trace ids'
  const textOf = (view: BlockView): string =>
    JSON.stringify([
      view.groups.map(({ service }) => service),
      view.whats.map(({ name, kind, statusCode }) => [name, kind, statusCode]),
    ])
  if (textOf(stored) !== textOf(made)) yield 'names'
}

function isSame(left: ArrayLike<number>, right: ArrayLike<number>): boolean {
  if (left.length !== right.length) return false
  for (let at = 0; at < left.length; at++) if (left[at] !== right[at]) return false
  return true
}

function arePostingsSame(stored: Postings, made: Postings): boolean {
  let same = true
  let count = 0
  for (const hash of made.hashes.flatMap((some) => [...some])) {
    count++
    same &&= isSame(stored.spansWith(hash), made.spansWith(hash))
  }
  count -= stored.hashes[0].length + stored.hashes[1].length
  return same && count === 0
}

function wordsOf(bytes: Uint8Array | undefined): number[] {
  if (bytes === undefined) return []
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  return Array.from({ length: bytes.length / 4 }, (_, index) => view.getUint32(index * 4, true))
}
