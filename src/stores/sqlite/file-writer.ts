import { existsSync } from 'node:fs'
import type Database from 'better-sqlite3'
import type { SpanBatch } from '../../../bridge/model/span-batch.ts'
import { spanCount } from '../../../bridge/model/span-batch.ts'
import { runsByNearness } from '../../blocks/near-arrival.ts'
import { OpenBlock } from '../../blocks/open-block.ts'
import { SealedBlock } from '../../blocks/sealed-block.ts'
import { SpareBlocks } from '../../blocks/spare-blocks.ts'
import { GatewayError } from '../../errors/gateway-error.ts'
import { KnownNames } from '../known-names.ts'
import { decodeChunk } from './chunk-codec.ts'
import { pageSize } from './format.ts'
import { openForWriting } from './open-database.ts'
import type { BlockLimits, PendingFile, SealedInCommit } from './pending-spans.ts'
import { PendingSpans } from './pending-spans.ts'
import { SegmentProgress } from './segment-progress.ts'
import type { StoreFile } from './store-files.ts'
import type { SummaryColumns } from './stored-block.ts'
import { BlockReads, StoredBlock, summaryOf, summarySql } from './stored-block.ts'
import type { PendingRow } from './write-statements.ts'
import { decodeChunkPlaces, WriteStatements } from './write-statements.ts'

/** Spans of one request. */
export interface SpanWrite {
  readonly tenant: string
  readonly batch: SpanBatch
}

/** How a file is written. */
export interface FileWriterOptions {
  readonly file: StoreFile
  readonly path: string
  readonly retentionMs: number
  readonly limits: BlockLimits
}

/** The log is copied into the file when it has so many pages, 4 MiB: a few milliseconds. */
const checkpointPages = 1024
/** One commit may fill several blocks. */
const sparesMax = 4
/** Bodies of a usual span; a block with longer ones grows. */
const usualBodyBytes = 1024

/** The one connection that writes to a file, and what it knows of what is in there. */
export class FileWriter {
  readonly file: StoreFile
  readonly path: string
  /** When requests were committed last, on the monotonic clock. */
  lastCommitMs = performance.now()
  readonly #options: FileWriterOptions
  readonly #database: Database.Database
  readonly #statements: WriteStatements
  readonly #reads: BlockReads
  readonly #names = new KnownNames()
  readonly #spares: SpareBlocks
  #pending = new Map<string, PendingSpans>()
  #nextIds = { block: 1, chunk: 1, pending: 1 }
  #segments = new SegmentProgress(0, 0)
  /** Of the transaction under way. */
  #sealed: SealedInCommit[] = []
  #walPages = 0
  #pages = 0

  /** @throws what SQLite throws, or GatewayError, when the file cannot be written */
  constructor(options: FileWriterOptions) {
    this.file = options.file
    this.path = options.path
    this.#options = options
    this.#spares = new SpareBlocks(options.retentionMs, sparesMax)
    this.#database = openForWriting(options.path)
    try {
      this.#statements = new WriteStatements(this.#database)
      this.#reads = new BlockReads(this.#database)
      this.#recover()
    } catch (error) {
      this.#database.close()
      throw error
    }
  }

  /** Bytes of the file, its log not counted. */
  get sizeBytes(): number {
    return this.#pages * pageSize
  }

  /** Memory that pending spans take. */
  get pendingBytes(): number {
    let size = 0
    for (const pending of this.#pending.values()) size += pending.sizeBytes
    return size
  }

  /** True when the log is long enough to be copied into the file. */
  get isCheckpointDue(): boolean {
    return this.#walPages >= checkpointPages
  }

  /**
   * Commits all of them in one transaction; durable when it returns, nothing kept when it throws.
   *
   * @throws GatewayError 'store_corrupt' when somebody has removed the file, which SQLite does not notice
   */
  commit(writes: readonly SpanWrite[]): void {
    this.lastCommitMs = performance.now()
    this.#transaction(() => {
      const touched = new Set<PendingSpans>()
      for (const { tenant, batch } of writes) {
        for (const { isNear, first, end } of runsByNearness(batch, 0, spanCount(batch))) {
          const pending = this.#pendingOf(tenant, !isNear)
          touched.add(pending)
          pending.append(batch, first, end)
        }
      }
      for (const pending of touched) pending.flush()
    })
    if (existsSync(this.path)) return
    const state = `store file "${this.path}" was removed while it was written to`
    throw new GatewayError('store_corrupt', `Cannot store spans: ${state}`)
  }

  /**
   * Does one piece of what can wait: gathers a block for a segment, or writes a segment.
   *
   * @returns whether there is more
   */
  step(): boolean {
    return this.#segmentStep(false)
  }

  /** Does one piece of what ends a file: blocks of all that is pending, then the last segment. */
  finishStep(): boolean {
    for (const [key, pending] of this.#pending) {
      if (pending.spanCount > 0) this.#transaction(() => pending.seal())
      this.#pending.delete(key)
      if (this.#segments.isWritten) continue
      return true
    }
    return this.#segmentStep(true)
  }

  /** Copies the log into the file. */
  checkpoint(): void {
    this.#database.pragma('wal_checkpoint(PASSIVE)')
    this.#walPages = 0
  }

  /** Frees the memory of pending spans that were not written to for longest. */
  releaseMemory(bytesMax: number): void {
    let size = this.pendingBytes
    for (const pending of this.#pending.values()) {
      if (size <= bytesMax) return
      size -= pending.sizeBytes
      pending.release()
    }
  }

  /** Copies the log into the file and closes the connection. */
  close(): void {
    try {
      // Whoever reads the file may do so for long, and other files wait; the log may stay beside it.
      this.#database.pragma('busy_timeout = 0')
      this.#database.pragma('wal_checkpoint(TRUNCATE)')
    } finally {
      this.#database.close()
    }
  }

  /** Closes without another write. */
  abandon(): void {
    this.#database.close()
  }

  #transaction(work: () => void): void {
    this.#sealed = []
    try {
      this.#database.exec('BEGIN IMMEDIATE')
      work()
      this.#database.exec('COMMIT')
    } catch (error) {
      // A full disk may have ended the transaction already.
      if (this.#database.inTransaction) this.#database.exec('ROLLBACK')
      this.#forget()
      throw error
    }
    this.#pages = Number(this.#database.pragma('page_count', { simple: true }))
    this.#walPages += Math.ceil(this.#statements.takeBlobBytes() / pageSize) + changedPages
    this.#segments.add(this.#sealed)
    for (const { open } of this.#sealed) this.#spares.give(open)
    this.#sealed = []
  }

  #segmentStep(isLast: boolean): boolean {
    const filled = this.#segments.filled(false)
    if (filled !== undefined) return this.#writeSegment(filled)
    const { missing } = this.#segments
    if (missing !== undefined) {
      this.#gatherMissing(missing)
      return true
    }
    const last = isLast ? this.#segments.filled(true) : undefined
    return last !== undefined && this.#writeSegment(last)
  }

  #writeSegment(segment: NonNullable<ReturnType<SegmentProgress['filled']>>): true {
    const { id, blocks, builder } = segment
    this.#transaction(() => {
      for (const { page, bits } of builder.pages()) {
        if (bits !== undefined) this.#statements.putFilterPage(id, page, bits)
      }
      for (const { bucket, entries } of builder.buckets()) {
        this.#statements.putTraceBucket(id, bucket, entries)
      }
      this.#statements.putSegment(id, blocks)
    })
    this.#segments.noteWritten(segment)
    return true
  }

  /** Reads a block for its segment. One that is damaged must stay findable by what is left of it. */
  #gatherMissing(id: number): void {
    let traceIds: Uint8Array = new Uint8Array()
    try {
      const columns = this.#database.prepare<[number], SummaryColumns>(summarySql).raw().get(id)
      if (columns !== undefined) {
        const reads = (): BlockReads => this.#reads
        const block = new SealedBlock(new StoredBlock({ id, summary: summaryOf(columns), reads }))
        traceIds = block.traceIds
        // All of it before any of it is gathered.
        const { whats, groups, postings } = block
        if (whats.length > 0 && groups.length > 0) {
          this.#segments.addMissing(block, postings)
          return
        }
      }
    } catch (error) {
      if (!isDamage(error)) throw error
    }
    this.#segments.addDamaged(traceIds)
  }

  #pendingOf(tenant: string, isFar: boolean): PendingSpans {
    const key = `${isFar ? 1 : 0}${tenant}`
    const pending =
      this.#pending.get(key) ?? new PendingSpans(this.#pendingFile(), { tenant, isFar })
    // Last in the map is what was written to last.
    this.#pending.delete(key)
    this.#pending.set(key, pending)
    return pending
  }

  /** Takes what the file says for what is there; `#segments` goes on gathering. */
  #forget(): void {
    this.#sealed = []
    this.#names.clear()
    this.#readPending()
  }

  #recover(): void {
    this.#readPending()
    const value = (sql: string): number => Number(this.#database.prepare(sql).pluck().get() ?? 0)
    const written = value('SELECT id * 64 + blocks FROM segment ORDER BY id DESC LIMIT 1')
    this.#segments = new SegmentProgress(this.#nextIds.block - 1, written)
    this.#pages = Number(this.#database.pragma('page_count', { simple: true }))
  }

  #readPending(): void {
    const value = (sql: string): number => Number(this.#database.prepare(sql).pluck().get() ?? 0)
    this.#nextIds = {
      block: value('SELECT max(id) FROM block') + 1,
      chunk: value('SELECT max(id) FROM chunk') + 1,
      pending: Math.max(value('SELECT max(id) FROM pending') + 1, sinceBoot()),
    }
    const byKey = new Map<string, PendingRow[]>()
    const rows = this.#database
      .prepare<[], [number, string, number, number, number, Uint8Array]>(
        'SELECT id, tenant, far, span_count, body_bytes, chunks FROM pending ORDER BY id',
      )
      .raw()
    for (const [id, tenant, far, count, bodyBytes, chunks] of rows.all()) {
      const places = decodeChunkPlaces(chunks)
      const key = `${far}${tenant}`
      const row = { id, tenant, isFar: far === 1, spanCount: count, bodyBytes, chunks: places }
      const others = byKey.get(key)
      if (others === undefined) byKey.set(key, [row])
      else others.push(row)
    }
    this.#pending = new Map()
    for (const [key, all] of byKey) {
      const [first] = all
      if (first === undefined) continue
      const { tenant, isFar } = first
      this.#pending.set(key, new PendingSpans(this.#pendingFile(), { tenant, isFar }, all))
    }
  }

  #pendingFile(): PendingFile {
    const { retentionMs, limits } = this.#options
    return {
      retentionMs,
      limits,
      statements: this.#statements,
      nextId: (table) => this.#nextIds[table]++,
      readRow: (id) => this.#readRow(id),
      noteName: (...name) => this.#noteName(...name),
      noteSealed: (block) => this.#sealed.push(block),
      newBlock: (isGoingToBeFull) =>
        isGoingToBeFull
          ? this.#spares.take(limits.spans, limits.spans * usualBodyBytes)
          : new OpenBlock(retentionMs),
    }
  }

  #readRow(id: number): { head: Uint8Array; spans: Uint8Array; bodies: Uint8Array } {
    const row = this.#database
      .prepare<[number], [Uint8Array, Uint8Array, Uint8Array, Uint8Array]>(
        'SELECT head, spans, chunks, bodies FROM pending WHERE id = ?',
      )
      .raw()
      .get(id)
    if (row === undefined) throw new Error(`Cannot read pending row ${id}: it is not there`)
    const [head, spans, chunks, bodies] = row
    return { head, spans, bodies: joinChunks(bodies, chunks, (chunk) => this.#reads.chunk(chunk)) }
  }

  #noteName(tenant: string, service: string, operation: string, kind: number): void {
    if (this.#names.add(tenant, service, operation, kind)) {
      this.#statements.insertName(tenant, service, operation, kind)
    }
  }
}

/**
 * A number that only goes up while the machine runs, 16 a ms. Readers keep pending spans by the number
 * of their row, so that a number must not be used for another row after the first one is gone.
 */
function sinceBoot(): number {
  return Number(process.hrtime.bigint() / 62_500n)
}

/** Pages that a commit changes besides those of blobs, roughly. */
const changedPages = 8

/**
 * The bodies of a row of `pending`.
 *
 * @param bodies the chunk in the row; empty when they are in others
 * @param places the list of those, as it is stored
 */
function joinChunks(
  bodies: Uint8Array,
  places: Uint8Array,
  read: (id: number) => Uint8Array,
): Uint8Array {
  if (bodies.length > 0) return decodeChunk(bodies)
  const chunks = decodeChunkPlaces(places).map(({ id }) => read(id))
  return chunks.length === 1 ? (chunks[0] as Uint8Array) : Buffer.concat(chunks)
}

/** Damage stays; a disk that fails to read now may read later. */
function isDamage(error: unknown): boolean {
  if (!(error instanceof GatewayError && error.code === 'store_corrupt')) return false
  const { cause } = error
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : ''
  return !code.startsWith('SQLITE_IOERR')
}
