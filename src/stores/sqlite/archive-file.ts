import { existsSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { GatewayError } from '../../errors/gateway-error.ts'
import type { ArchivedTraceId, ArchiveRow } from '../archive/archive-rows.ts'
import { checked, withChecksum } from './checksum.ts'
import { damaged } from './inspect-file.ts'
import { faultsOfPages, moveToFree, openFailure } from './open-database.ts'

/** The file of a store's archive, in its directory; no retention removes it. */
export const archiveFileName = 'archive.db'

/** `SPGA`, at offset 68 of the file. */
const applicationId = 0x53504741
/** The format that this version reads and writes, in `user_version`. */
const format = 1
const pageSize = 4096
const busyTimeoutMs = 5000
/** The setting of the bound. */
const bytesSetting = 'store.sqlite.archive-max-bytes'
const retryAfterMs = 60_000
/** More problems than these are not looked for. */
const problemsMax = 20

/** `bytes` have a checksum behind them (checksum.ts); `key` says what is in them. */
const schema = `CREATE TABLE part (
  tenant TEXT NOT NULL,
  trace_id BLOB NOT NULL,
  key BLOB NOT NULL,
  bytes BLOB NOT NULL,
  PRIMARY KEY (tenant, trace_id, key)
) STRICT`

/** A row as it is read. */
export type StoredRow = ArchiveRow

/** What a check of the archive found. */
export interface ArchiveReport {
  readonly traces: number
  readonly rows: number
  readonly problems: readonly string[]
}

/** Where the archive of a store is. */
export function archivePath(directory: string): string {
  return join(directory, archiveFileName)
}

/** True where there is an archive. */
export function hasArchive(directory: string): boolean {
  return existsSync(archivePath(directory))
}

/** The archive of one store: an SQLite database in WAL mode. */
export class ArchiveFile {
  readonly #path: string
  readonly #database: Database.Database

  /**
   * Opens the archive for writing, and makes it where there is none.
   *
   * @throws GatewayError 'store_unusable' for a file of others or a newer version, 'store_corrupt'
   */
  static open(directory: string): ArchiveFile {
    const path = archivePath(directory)
    if (!existsSync(path)) createArchive(path)
    const file = new ArchiveFile(path, { fileMustExist: true, timeout: busyTimeoutMs })
    try {
      file.#database.pragma('journal_mode = WAL')
      // Every commit is on disk when it returns.
      file.#database.pragma('synchronous = FULL')
      return file
    } catch (error) {
      file.close()
      throw openFailure(path, error)
    }
  }

  /** Opens it for reading, as it is. @throws as `open`, and when there is none */
  static read(path: string): ArchiveFile {
    return new ArchiveFile(path, { readonly: true, fileMustExist: true, timeout: busyTimeoutMs })
  }

  private constructor(path: string, options: Database.Options) {
    this.#path = path
    try {
      this.#database = new Database(path, options)
    } catch (error) {
      throw openFailure(path, error)
    }
    try {
      this.#database.pragma('trusted_schema = OFF')
      this.#checkOwner()
    } catch (error) {
      this.#database.close()
      throw openFailure(path, error)
    }
  }

  /**
   * Keeps rows of one trace; those that are there stay.
   *
   * @param bytesMax most bytes of the file
   * @throws GatewayError 'store_unavailable' when it would be larger
   */
  put({ tenant, traceId }: ArchivedTraceId, rows: readonly ArchiveRow[], bytesMax: number): void {
    const add = this.#database.prepare(
      'INSERT INTO part (tenant, trace_id, key, bytes) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING',
    )
    const has = this.#database.prepare(
      'SELECT 1 FROM part WHERE tenant = ? AND trace_id = ? AND key = ?',
    )
    this.#database.transaction(() => {
      const fresh = rows.filter(({ key }) => has.get(tenant, traceId, key) === undefined)
      const added = fresh.reduce((sum, { bytes }) => sum + bytes.length + pageSize, 0)
      if (fresh.length > 0 && this.#usedBytes() + added > bytesMax) {
        throw new GatewayError(
          'store_unavailable',
          `Cannot archive trace: the archive is full (${bytesSetting}=${bytesMax})`,
          { retryAfterMs },
        )
      }
      for (const { key, bytes } of fresh) add.run(tenant, traceId, key, withChecksum(bytes))
    })()
  }

  /**
   * Rows of a trace by key, from behind a key, until they have so many bytes; one at least.
   *
   * @throws GatewayError 'store_corrupt' for one that is not what was stored
   */
  list({ tenant, traceId }: ArchivedTraceId, after: Uint8Array, bytesMax: number): StoredRow[] {
    const select = this.#database.prepare<[string, Uint8Array, Uint8Array], StoredRow>(
      'SELECT key, bytes FROM part WHERE tenant = ? AND trace_id = ? AND key > ? ORDER BY key',
    )
    const found: StoredRow[] = []
    let sizeBytes = 0
    for (const { key, bytes } of select.iterate(tenant, traceId, after)) {
      found.push({ key, bytes: checked(bytes, 'archived spans') })
      sizeBytes += bytes.length
      if (sizeBytes >= bytesMax) break
    }
    return found
  }

  /** Compares everything with its checksums, and the pages with what SQLite knows of them. */
  check(): ArchiveReport {
    const problems = faultsOfPages(this.#database, problemsMax)
    const traces = new Set<string>()
    let rows = 0
    const all = this.#database.prepare<[], { tenant: string; trace: string; bytes: Uint8Array }>(
      'SELECT tenant, hex(trace_id) AS trace, bytes FROM part',
    )
    for (const { tenant, trace, bytes } of all.iterate()) {
      rows++
      traces.add(trace + tenant)
      try {
        checked(bytes, `archived trace ${trace.toLowerCase()}`)
      } catch (error) {
        if (problems.length < problemsMax) problems.push((error as Error).message)
      }
    }
    return { traces: traces.size, rows, problems }
  }

  /** Copies what is committed at this moment into a new file, without a log. */
  copyTo(path: string): void {
    this.#database.prepare('VACUUM INTO ?').run(path)
  }

  /** Copies the rows that another archive has and this one has not. @returns how many */
  takeFrom(path: string): number {
    this.#database.prepare('ATTACH DATABASE ? AS source').run(path)
    try {
      const add = this.#database.prepare(
        'INSERT INTO main.part (tenant, trace_id, key, bytes) SELECT tenant, trace_id, key, bytes FROM source.part WHERE true ON CONFLICT DO NOTHING',
      )
      return add.run().changes
    } finally {
      this.#database.exec('DETACH DATABASE source')
    }
  }

  close(): void {
    this.#database.close()
  }

  #usedBytes(): number {
    const value = (name: string): number => Number(this.#database.pragma(name, { simple: true }))
    return (value('page_count') - value('freelist_count')) * value('page_size')
  }

  #checkOwner(): void {
    const value = (name: string): number => Number(this.#database.pragma(name, { simple: true }))
    const [application, version] = [value('application_id'), value('user_version')]
    if (application !== applicationId) {
      throw new GatewayError(
        'store_unusable',
        `Cannot open archive "${this.#path}": it is an SQLite database of another program ` +
          `(application id 0x${application.toString(16)}); it is left as it is`,
      )
    }
    if (version !== format) {
      throw new GatewayError(
        'store_unusable',
        `Cannot open archive "${this.#path}": it has format ${version}, this version reads format ${format}; it is left as it is`,
      )
    }
    const sql = this.#database
      .prepare("SELECT sql FROM sqlite_schema WHERE name = 'part'")
      .pluck()
      .get()
    if (sql !== schema) throw damaged(this.#path, '"part" is not as format 1 has it')
  }
}

/** It is made under another name first, so that it is whole from its first moment on. */
function createArchive(path: string): void {
  const unfinished = `${path}.new`
  for (const end of ['', '-journal']) rmSync(`${unfinished}${end}`, { force: true })
  const database = new Database(unfinished, { timeout: busyTimeoutMs })
  try {
    database.pragma(`page_size = ${pageSize}`)
    database.pragma('synchronous = FULL')
    database.exec('BEGIN EXCLUSIVE')
    database.exec(schema)
    database.pragma(`application_id = ${applicationId}`)
    database.pragma(`user_version = ${format}`)
    database.exec('COMMIT')
  } finally {
    database.close()
  }
  moveToFree(unfinished, path)
}
