import type Database from 'better-sqlite3'
import type { SpanBatch } from '../../../bridge/model/span-batch.ts'
import {
  GroupField,
  groupSlice,
  nameBytes,
  SpanField,
  spanCount,
  spanField,
} from '../../../bridge/model/span-batch.ts'
import type { PartRow } from './part-row.ts'
import { rowsOf } from './part-row.ts'

/** A request, ready to be committed. */
export interface PreparedWrite {
  readonly tenant: string
  readonly rows: readonly PartRow[]
  /** Names that the table may not have yet, by cache key. */
  readonly names: ReadonlyMap<string, NameRow>
  readonly spanCount: number
}

interface NameRow {
  readonly service: string
  readonly operation: string
  readonly kind: number
  /** Hour of the arrival, ms since the epoch. */
  readonly seen: number
}

const hourMs = 3_600_000
/** Names remembered as stored; past it all are forgotten and written again when they come. */
const namesMax = 50_000
/** Rows of `part` that one expiry transaction removes at most. */
const expiryRowsMax = 256
/** Free pages given back to the file system in one step. */
const vacuumPagesMax = 256

/** The statements of the writing connection. Does no grouping and knows no threads. */
export class SpanWriter {
  readonly #database: Database.Database
  readonly #retentionMs: number
  readonly #insertPart: Database.Statement
  readonly #insertName: Database.Statement
  readonly #names = new Map<string, number>()

  constructor(database: Database.Database, retentionMs: number) {
    this.#database = database
    this.#retentionMs = retentionMs
    this.#insertPart = database.prepare(`
      INSERT INTO part (tenant, trace, part, arrival, retention, start_min, start_max,
        duration_max, service_bits, span_count, body)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      ON CONFLICT (tenant, trace, part) DO UPDATE SET arrival = excluded.arrival,
        retention = excluded.retention, start_min = excluded.start_min,
        start_max = excluded.start_max WHERE excluded.arrival > arrival`)
    this.#insertName = database.prepare(`
      INSERT INTO name (tenant, service, operation, kind, seen) VALUES (?, ?, ?, ?, ?)
      ON CONFLICT (tenant, service, operation, kind) DO UPDATE SET seen = max(seen, excluded.seen)`)
  }

  /** Everything about a request that needs no database. */
  prepare(tenant: string, batch: SpanBatch): PreparedWrite {
    return {
      tenant,
      rows: rowsOf(batch, this.#retentionMs),
      names: this.#newNames(tenant, batch),
      spanCount: spanCount(batch),
    }
  }

  /** Commits all of them in one transaction; durable when it returns, nothing kept when it throws. */
  commit(writes: readonly PreparedWrite[]): void {
    this.#database.exec('BEGIN IMMEDIATE')
    try {
      for (const write of writes) this.#insert(write)
      this.#database.exec('COMMIT')
    } catch (error) {
      // A full disk may have ended the transaction already.
      if (this.#database.inTransaction) this.#database.exec('ROLLBACK')
      throw error
    }
    for (const write of writes) this.#remember(write)
  }

  /**
   * Removes some of the parts that arrived before the given time, in one short transaction.
   *
   * @returns how many spans they had, and whether there may be more
   */
  expireSome(beforeUnixMs: number): { spanCount: number; more: boolean } {
    const remove = this.#database
      .prepare<[number, number], number>(
        `DELETE FROM part WHERE id IN
          (SELECT id FROM part WHERE arrival < ? ORDER BY arrival LIMIT ?) RETURNING span_count`,
      )
      .pluck()
    const counts = this.#database.transaction(() => remove.all(beforeUnixMs, expiryRowsMax))()
    let spanCount = 0
    for (const count of counts) spanCount += count
    return { spanCount, more: counts.length === expiryRowsMax }
  }

  /** Removes names that no span has had since the given time, give or take an hour. */
  expireNames(beforeUnixMs: number): void {
    this.#database.prepare('DELETE FROM name WHERE seen < ?').run(beforeUnixMs - hourMs)
  }

  /**
   * Gives some free pages back to the file system when over a quarter of the file is free; less is
   * left for the spans to come.
   *
   * @returns whether there may be more
   */
  shrinkSome(): boolean {
    const pages = Number(this.#database.pragma('page_count', { simple: true }))
    const free = Number(this.#database.pragma('freelist_count', { simple: true }))
    if (free <= vacuumPagesMax || free * 4 < pages) return false
    this.#database.exec(`PRAGMA incremental_vacuum(${vacuumPagesMax})`)
    return true
  }

  /** Copies the write-ahead log into the file and closes the connection. */
  close(): void {
    try {
      this.#database.pragma('wal_checkpoint(TRUNCATE)')
    } finally {
      this.#database.close()
    }
  }

  #insert(write: PreparedWrite): void {
    for (const row of write.rows) {
      this.#insertPart.run(
        write.tenant,
        row.traceId,
        row.key,
        row.arrivalUnixMs,
        row.retentionMs,
        row.startMinMicros,
        row.startMaxMicros,
        row.durationMaxMicros,
        row.serviceBits,
        row.spanCount,
        row.body,
      )
    }
    for (const name of write.names.values()) {
      this.#insertName.run(write.tenant, name.service, name.operation, name.kind, name.seen)
    }
  }

  #newNames(tenant: string, batch: SpanBatch): Map<string, NameRow> {
    const found = new Map<string, NameRow>()
    const seen = Math.floor(batch.arrivalUnixMs / hourMs) * hourMs
    let lastGroup = -1
    let prefix = ''
    let service = ''
    for (let span = 0; span < spanCount(batch); span++) {
      const group = spanField(batch, span, SpanField.group)
      if (group !== lastGroup) {
        lastGroup = group
        service = textOf(groupSlice(batch, group, GroupField.serviceName))
        prefix = `${tenant}\0${service}\0`
      }
      const kind = spanField(batch, span, SpanField.kind)
      const name = nameBytes(batch, span)
      // Latin-1 is a reversible and much cheaper way to make a key of bytes.
      const key = `${prefix}${kind}\0${latin1Of(name)}`
      if (found.has(key) || (this.#names.get(key) ?? -1) >= seen) continue
      found.set(key, { service, operation: textOf(name), kind: kind | 0, seen })
    }
    return found
  }

  #remember(write: PreparedWrite): void {
    for (const [key, name] of write.names) {
      if (this.#names.size >= namesMax) this.#names.clear()
      this.#names.set(key, name.seen)
    }
  }
}

function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8')
}

function latin1Of(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1')
}
