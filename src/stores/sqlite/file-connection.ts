import type Database from 'better-sqlite3'
import type { BlockSummary } from '../../blocks/block-view.ts'
import { filterPages, segmentBlocks, traceBuckets } from '../../blocks/segment.ts'
import type { Operation } from '../../ports/span-store.ts'
import { checked } from './checksum.ts'
import { openForReading } from './open-database.ts'
import type { RawPending } from './pending-row.ts'
import type { SummaryColumns } from './stored-block.ts'
import { BlockReads, summaryOf, summarySql } from './stored-block.ts'
import type { FileContents } from './thread-messages.ts'
import { decodeChunkPlaces } from './write-statements.ts'

/** A sealed block as lists have it. */
export interface BlockRow {
  readonly id: number
  readonly summary: BlockSummary
}

/** Which blocks a search may have to look at. */
export interface BlockWindow {
  readonly tenant: string
  readonly minMicros: number
  readonly maxMicros: number
  readonly keptSinceUnixMs: number
}

/** A block or a pending row, and whose it is. */
export interface Owner {
  readonly id: number
  readonly tenant: string
}

/** What is known of a file at one moment. */
export interface FileExtent {
  /** Blocks 1 to this one are there. */
  readonly blocks: number
  /** Of so many blocks, from the first, segments know what is in them. */
  readonly inSegments: number
}

type ListedColumns = [...SummaryColumns, number]

function blockRowOf([min, max, duration, first, last, spans, id]: ListedColumns): BlockRow {
  return { id, summary: summaryOf([min, max, duration, first, last, spans]) }
}

/** A reading connection to a file. Reads that belong together are in one `transaction`. */
export class FileConnection {
  readonly reads: BlockReads
  readonly #database: Database.Database
  readonly #statements = new Map<string, Database.Statement>()

  constructor(path: string) {
    this.#database = openForReading(path)
    try {
      this.reads = new BlockReads(this.#database)
    } catch (error) {
      this.#database.close()
      throw error
    }
  }

  /** Runs reads that see the same moment. */
  transaction<Result>(work: () => Result): Result {
    this.#database.exec('BEGIN')
    try {
      return work()
    } finally {
      this.#database.exec('COMMIT')
    }
  }

  /**
   * A number that is another one as soon as somebody else has committed; it means nothing to other
   * connections.
   */
  version(): number {
    return Number(this.#pluck('PRAGMA data_version'))
  }

  extent(): FileExtent {
    return {
      blocks: Number(this.#pluck('SELECT max(id) FROM block') ?? 0),
      inSegments: Number(
        this.#pluck(
          `SELECT id * ${segmentBlocks} + blocks FROM segment ORDER BY id DESC LIMIT 1`,
        ) ?? 0,
      ),
    }
  }

  /** Blocks of a window by their largest start, newest first: the first ones behind `after`. */
  blocks(window: BlockWindow, after: BlockRow | undefined, limit: number): BlockRow[] {
    const last = after?.summary.maxMicros ?? Number.MAX_SAFE_INTEGER
    const rows = this.#raw(
      `SELECT min_micros, max_micros, duration_max, arrival_min, arrival_max, span_count, id
        FROM block INDEXED BY block_window
        WHERE tenant = ? AND max_micros >= ? AND max_micros <= ? AND (max_micros < ? OR id < ?)
          AND min_micros < ? AND arrival_max >= ?
        ORDER BY max_micros DESC, id DESC LIMIT ?`,
    ).all(
      window.tenant,
      window.minMicros,
      last,
      last,
      after?.id ?? Number.MAX_SAFE_INTEGER,
      window.maxMicros,
      window.keptSinceUnixMs,
      limit,
    ) as ListedColumns[]
    return rows.map(blockRowOf)
  }

  /** The summary of a block of this tenant. */
  block(id: number, tenant: string): BlockRow | undefined {
    const columns = this.#raw(`${summarySql} AND tenant = ?`).get(id, tenant) as
      | SummaryColumns
      | undefined
    return columns && { id, summary: summaryOf(columns) }
  }

  /** The blocks of a tenant behind this one, in the order in which they were stored. */
  blocksAfter(id: number, tenant: string): BlockRow[] {
    const rows = this.#raw(
      `SELECT min_micros, max_micros, duration_max, arrival_min, arrival_max, span_count, id
        FROM block WHERE id > ? AND tenant = ? ORDER BY id`,
    ).all(id, tenant) as ListedColumns[]
    return rows.map(blockRowOf)
  }

  /** The summary of a block, whoever's it is. */
  anyBlock(id: number): BlockRow | undefined {
    const columns = this.#raw(summarySql).get(id) as SummaryColumns | undefined
    return columns && { id, summary: summaryOf(columns) }
  }

  /** Summaries of the tenant's pending rows, in the order in which they were stored. */
  pending(tenant: string): BlockRow[] {
    const rows = this.#raw(
      `SELECT min_micros, max_micros, duration_max, arrival_min, arrival_max, span_count, id
        FROM pending WHERE tenant = ? ORDER BY id`,
    ).all(tenant) as ListedColumns[]
    return rows.map(blockRowOf)
  }

  /** Summaries of the pending rows of all tenants. */
  allPending(): BlockRow[] {
    const rows = this.#raw(
      `SELECT min_micros, max_micros, duration_max, arrival_min, arrival_max, span_count, id
        FROM pending ORDER BY id`,
    ).all() as ListedColumns[]
    return rows.map(blockRowOf)
  }

  /** Whose blocks or pending rows they are: the last ones before an id, the latest first. */
  owners(table: 'block' | 'pending', before: number, limit: number): Owner[] {
    return this.#prepared(
      `SELECT id, tenant FROM ${table} WHERE id < ? ORDER BY id DESC LIMIT ?`,
    ).all(before, limit) as Owner[]
  }

  /** A pending row; in the transaction that listed it. */
  rawPending(id: number): RawPending {
    const [head, spans, places, bodies] = this.#raw(
      'SELECT head, spans, chunks, bodies FROM pending WHERE id = ?',
    ).get(id) as [Uint8Array, Uint8Array, Uint8Array, Uint8Array]
    const chunks = decodeChunkPlaces(places).map((chunk) => this.reads.storedChunk(chunk.id))
    return { head, spans, bodies, chunks }
  }

  /**
   * A page of a segment's filter; undefined when it is all zeros.
   *
   * @throws GatewayError 'store_corrupt', like `traceBucket`
   */
  filterPage(segment: number, page: number): Uint8Array | undefined {
    const id = segment * filterPages + page
    const stored = this.#pluck('SELECT bits FROM filter WHERE id = ?', id)
    return stored instanceof Uint8Array ? checked(stored, `filter ${id}`) : undefined
  }

  /** Entries of a bucket of a segment's traces. */
  traceBucket(segment: number, bucket: number): Uint8Array | undefined {
    const id = segment * traceBuckets + bucket
    const stored = this.#pluck('SELECT entries FROM trace WHERE id = ?', id)
    return stored instanceof Uint8Array ? checked(stored, `traces ${id}`) : undefined
  }

  /** All buckets of a segment's traces that have entries, by number. */
  traceBuckets(segment: number): (readonly [bucket: number, entries: Uint8Array])[] {
    const first = segment * traceBuckets
    const rows = this.#raw(
      'SELECT id, entries FROM trace WHERE id >= ? AND id < ? ORDER BY id',
    ).all(first, first + traceBuckets) as [number, Uint8Array][]
    return rows.map(([id, entries]) => [id - first, checked(entries, `traces ${id}`)])
  }

  /** Names of services, each once; from one to the next, so that their operations are not read. */
  services(tenant: string): string[] {
    return this.#prepared(
      `WITH RECURSIVE one (service) AS (
        SELECT min(service) FROM name WHERE tenant = ?
        UNION ALL
        SELECT (SELECT min(service) FROM name WHERE tenant = ? AND service > one.service)
        FROM one WHERE one.service IS NOT NULL
      ) SELECT service FROM one WHERE service IS NOT NULL`,
    )
      .pluck()
      .all(tenant, tenant) as string[]
  }

  operations(tenant: string, service: string): Operation[] {
    return this.#prepared(
      'SELECT operation AS name, kind AS spanKind FROM name WHERE tenant = ? AND service = ?',
    ).all(tenant, service) as Operation[]
  }

  /** Spans of the whole file, repeats counted. */
  spanCount(): number {
    return Number(
      this.#pluck(`SELECT (SELECT total(span_count) FROM block INDEXED BY block_window) +
        (SELECT total(span_count) FROM pending)`),
    )
  }

  /** What the whole file holds. */
  contents(): FileContents {
    const [spanCount, first, last] = this.#raw(
      `SELECT total(span_count), min(arrival_min), max(arrival_max) FROM (
        SELECT span_count, arrival_min, arrival_max FROM block INDEXED BY block_window
        UNION ALL SELECT span_count, arrival_min, arrival_max FROM pending)`,
    ).get() as [number, number | null, number | null]
    return {
      spanCount,
      arrivalMinUnixMs: first ?? undefined,
      arrivalMaxUnixMs: last ?? undefined,
    }
  }

  close(): void {
    this.#database.close()
  }

  #pluck(sql: string, ...values: unknown[]): unknown {
    const found = this.#prepared(sql)
      .pluck()
      .get(...values)
    return found ?? undefined
  }

  #raw(sql: string): Database.Statement {
    return this.#prepared(sql).raw()
  }

  #prepared(sql: string): Database.Statement {
    let statement = this.#statements.get(sql)
    if (statement === undefined) {
      statement = this.#database.prepare(sql)
      this.#statements.set(sql, statement)
    }
    return statement
  }
}
