import type Database from 'better-sqlite3'
import type { BlockSections } from '../../blocks/block-sections.ts'
import type { BlockSummary } from '../../blocks/block-view.ts'
import { filterPages, traceBuckets } from '../../blocks/segment.ts'
import { withChecksum } from './checksum.ts'
import { encodeChunk } from './chunk-codec.ts'
import { packedSections, SectionNumber, sectionId } from './format.ts'
import type { PendingContent } from './pending-row.ts'

/** The tenant's spans that start near their arrival, or those that do not. */
export interface PendingKey {
  readonly tenant: string
  readonly isFar: boolean
}

/** What is known of a row of `pending` without reading its spans. */
export interface PendingRow extends PendingKey {
  readonly id: number
  readonly spanCount: number
  readonly bodyBytes: number
  /** Empty where the bodies are in the row itself. */
  readonly chunks: readonly ChunkPlace[]
}

/** Where a chunk is, and which spans are in it: those up to the first one of the next. */
export interface ChunkPlace {
  readonly id: number
  readonly first: number
  readonly rawBytes: number
}

/** A chunk list as it is stored: id, first span and size of bodies of each, u32. */
function encodeChunkPlaces(places: readonly ChunkPlace[]): Uint8Array {
  const numbers = places.flatMap(({ id, first, rawBytes }) => [id, first, rawBytes])
  return new Uint8Array(Uint32Array.from(numbers).buffer)
}

/** The reverse. */
export function decodeChunkPlaces(stored: Uint8Array): ChunkPlace[] {
  const view = new DataView(stored.buffer, stored.byteOffset, stored.byteLength)
  const places: ChunkPlace[] = []
  for (let at = 0; at + 12 <= stored.length; at += 12) {
    places.push({
      id: view.getUint32(at, true),
      first: view.getUint32(at + 4, true),
      rawBytes: view.getUint32(at + 8, true),
    })
  }
  return places
}

/** The statements of a writing connection; each belongs into a transaction of its caller. */
export class WriteStatements {
  readonly #database: Database.Database
  readonly #statements = new Map<string, Database.Statement>()
  #blobBytes = 0

  constructor(database: Database.Database) {
    this.#database = database
  }

  /** Bytes of all blobs since the last call. */
  takeBlobBytes(): number {
    const bytes = this.#blobBytes
    this.#blobBytes = 0
    return bytes
  }

  insertBlock(
    id: number,
    tenant: string,
    sections: BlockSections,
    chunks: readonly ChunkPlace[],
  ): void {
    this.#run(
      `INSERT INTO block (id, tenant, min_micros, max_micros, duration_max, arrival_min,
        arrival_max, span_count, chunks) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      id,
      tenant,
      ...summaryValues(sections.summary),
      encodeChunkPlaces(chunks),
    )
    for (const name of Object.keys(SectionNumber) as (keyof typeof SectionNumber)[]) {
      const part = sections[name]
      const place = sectionId(id, name)
      const bytes = packedSections.has(name) ? encodeChunk(part, place) : withChecksum(part, place)
      this.#run('INSERT INTO section (id, bytes) VALUES (?, ?)', place, bytes)
    }
  }

  insertChunk(id: number, stored: Uint8Array): void {
    this.#run('INSERT INTO chunk (id, bytes) VALUES (?, ?)', id, stored)
  }

  deleteChunk(id: number): void {
    this.#run('DELETE FROM chunk WHERE id = ?', id)
  }

  insertPending(row: PendingRow, content: PendingContent, bodies: Uint8Array): void {
    this.#run(
      `INSERT INTO pending (id, tenant, far, min_micros, max_micros, duration_max, arrival_min,
        arrival_max, span_count, body_bytes, head, spans, chunks, bodies)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      row.id,
      row.tenant,
      row.isFar ? 1 : 0,
      ...summaryValues(content.summary),
      content.bodyBytes,
      content.head,
      content.spans,
      encodeChunkPlaces(row.chunks),
      bodies,
    )
  }

  deletePending(id: number): void {
    this.#run('DELETE FROM pending WHERE id = ?', id)
  }

  insertName(tenant: string, service: string, operation: string, kind: number): void {
    this.#run(
      'INSERT OR IGNORE INTO name (tenant, service, operation, kind) VALUES (?, ?, ?, ?)',
      tenant,
      service,
      operation,
      kind,
    )
  }

  putFilterPage(segment: number, page: number, bits: Uint8Array): void {
    const id = segment * filterPages + page
    this.#run('INSERT OR REPLACE INTO filter (id, bits) VALUES (?, ?)', id, withChecksum(bits))
  }

  putTraceBucket(segment: number, bucket: number, entries: Uint8Array): void {
    const id = segment * traceBuckets + bucket
    this.#run('INSERT OR REPLACE INTO trace (id, entries) VALUES (?, ?)', id, withChecksum(entries))
  }

  putSegment(id: number, blocks: number): void {
    this.#run('INSERT OR REPLACE INTO segment (id, blocks) VALUES (?, ?)', id, blocks)
  }

  #run(sql: string, ...values: unknown[]): void {
    let statement = this.#statements.get(sql)
    if (statement === undefined) {
      statement = this.#database.prepare(sql)
      this.#statements.set(sql, statement)
    }
    for (const value of values) {
      if (value instanceof Uint8Array) this.#blobBytes += value.length
    }
    statement.run(...values)
  }
}

/** Whole numbers: times may have a fraction, and a block must not look narrower for it. */
function summaryValues(summary: BlockSummary): readonly number[] {
  return [
    Math.floor(summary.minMicros),
    Math.ceil(summary.maxMicros),
    summary.durationMaxMicros,
    Math.floor(summary.arrivalMinUnixMs),
    Math.ceil(summary.arrivalMaxUnixMs),
    summary.spanCount,
  ]
}
