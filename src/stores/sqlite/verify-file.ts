import type Database from 'better-sqlite3'
import { GatewayError } from '../../errors/gateway-error.ts'
import { checked } from './checksum.ts'
import { pageSize, SectionNumber, sectionId } from './format.ts'
import { damaged } from './inspect-file.ts'
import { faultsOfPages, openForReading, verifySchema } from './open-database.ts'
import { decodeChunkPlaces } from './write-statements.ts'

/** What a look at a file says besides that it is whole. */
export interface FileState {
  /** Newest arrival, ms since the epoch; undefined where there is none. */
  readonly newestArrivalUnixMs: number | undefined
  /** True while spans are pending or blocks in no segment. */
  readonly isUnfinished: boolean
}

/** A file up to this size is checked whole when there is time. */
const wholeCheckBytesMax = 32 * 1024 * 1024
/** Newest blocks and pending rows, where a crash would have left its traces. */
const newestMax = 8
/** Blocks at even distances over all others, where a bad disk might have. */
const sampledMax = 8

/**
 * Compares some of a file with its checksums, and its tables with those of the format. Together with
 * the size of the file this finds a file that was cut or overwritten in large pieces; one flipped
 * bit in an old block is found when that is read, or by `spangate storage check`.
 *
 * @param untilMs on the monotonic clock, when no more is to be begun; without it all is compared
 * @throws GatewayError 'store_corrupt', or what SQLite throws
 */
export function verifyFile(path: string, untilMs = Number.POSITIVE_INFINITY): FileState {
  const database = openForReading(path)
  try {
    verifySchema(path, database)
    const pages = Number(database.pragma('page_count', { simple: true }))
    const isWhole = pages * pageSize <= wholeCheckBytesMax || untilMs === Number.POSITIVE_INFINITY
    if (isWhole && performance.now() < untilMs) {
      const [fault] = faultsOfPages(database, 1)
      if (fault !== undefined) throw damaged(path, fault)
    }
    const parts = new StoredParts(path, database)
    parts.verify(isWhole ? Number.POSITIVE_INFINITY : sampledMax, untilMs)
    return stateOf(database)
  } finally {
    database.close()
  }
}

function stateOf(database: Database.Database): FileState {
  const value = (sql: string): unknown => database.prepare(sql).pluck().get()
  const arrivals = [
    value('SELECT max(arrival_max) FROM block INDEXED BY block_window'),
    value('SELECT max(arrival_max) FROM pending'),
  ].filter((arrival) => typeof arrival === 'number')
  const blocks = Number(value('SELECT max(id) FROM block') ?? 0)
  const inSegments = Number(value('SELECT id * 64 + blocks FROM segment ORDER BY id DESC') ?? 0)
  const hasPending = value('SELECT 1 FROM pending LIMIT 1') !== undefined
  return {
    newestArrivalUnixMs: arrivals.length > 0 ? Math.max(...arrivals) : undefined,
    isUnfinished: hasPending || inSegments < blocks,
  }
}

class StoredParts {
  readonly #path: string
  readonly #database: Database.Database

  constructor(path: string, database: Database.Database) {
    this.#path = path
    this.#database = database
  }

  verify(samples: number, untilMs: number): void {
    const blocks = this.#ids('block')
    const pending = this.#ids('pending')
    // The indexes are entered at both ends: the root, and a path down to a leaf.
    this.#database.prepare('SELECT min(tenant), max(tenant) FROM block').get()
    this.#database.prepare('SELECT min(tenant), max(tenant) FROM name').get()
    for (const id of newest(pending)) {
      if (performance.now() > untilMs) return
      this.#verifyPending(id)
    }
    for (const id of [...newest(blocks), ...sampled(blocks, samples)]) {
      if (performance.now() > untilMs) return
      this.#verifyBlock(id)
    }
  }

  #ids(table: 'block' | 'pending'): { first: number; last: number } {
    const row = this.#database
      .prepare<[], [number | null, number | null]>(`SELECT min(id), max(id) FROM ${table}`)
      .raw()
      .get()
    const [first, last] = row ?? []
    return { first: first ?? 1, last: last ?? 0 }
  }

  #verifyBlock(id: number): void {
    const chunks = this.#blob('SELECT chunks FROM block WHERE id = ?', id)
    if (chunks === undefined) throw damaged(this.#path, `block ${id} is missing`)
    for (const name of Object.keys(SectionNumber) as (keyof typeof SectionNumber)[]) {
      const place = sectionId(id, name)
      const part = this.#blob('SELECT bytes FROM section WHERE id = ?', place)
      this.#verify(part, `block ${id}`, place)
    }
    this.#verifyChunks(chunks, `block ${id}`)
  }

  #verifyPending(id: number): void {
    const row = this.#database
      .prepare<[number], [Uint8Array, Uint8Array, Uint8Array, Uint8Array]>(
        'SELECT head, spans, chunks, bodies FROM pending WHERE id = ?',
      )
      .raw()
      .get(id)
    if (row === undefined) return
    const [head, spans, chunks, bodies] = row
    this.#verify(head, `pending row ${id}`)
    this.#verify(spans, `pending row ${id}`)
    if (bodies.length > 0) this.#verify(bodies, `pending row ${id}`)
    this.#verifyChunks(chunks, `pending row ${id}`)
  }

  #verifyChunks(places: Uint8Array, of: string): void {
    for (const { id } of decodeChunkPlaces(places)) {
      this.#verify(this.#blob('SELECT bytes FROM chunk WHERE id = ?', id), of)
    }
  }

  #verify(stored: Uint8Array | undefined, of: string, seed = 0): void {
    if (stored === undefined) throw damaged(this.#path, `a part of ${of} is missing`)
    try {
      checked(stored, of, seed)
    } catch (error) {
      if (error instanceof GatewayError) throw damaged(this.#path, `${of} changed`, error)
      throw error
    }
  }

  #blob(sql: string, id: number): Uint8Array | undefined {
    return this.#database.prepare<[number], Uint8Array>(sql).pluck().get(id) as
      | Uint8Array
      | undefined
  }
}

function* newest({ first, last }: { first: number; last: number }): Iterable<number> {
  for (let id = last; id >= first && id > last - newestMax; id--) yield id
}

function* sampled(
  { first, last }: { first: number; last: number },
  samples: number,
): Iterable<number> {
  const end = last - newestMax
  const step = Math.max(1, Math.floor((end - first + 1) / samples))
  for (let id = first; id <= end; id += step) yield id
}
