import {
  closeSync,
  existsSync,
  fsyncSync,
  linkSync,
  openSync,
  renameSync,
  rmSync,
  unlinkSync,
} from 'node:fs'
import { dirname } from 'node:path'
import Database from 'better-sqlite3'
import { GatewayError } from '../../errors/gateway-error.ts'
import { applicationId, fileFormat, pageSize, schema } from './format.ts'
import { damaged, inspectOpened } from './inspect-file.ts'

/** A writer waits this long for another program that writes; readers never wait for writers. */
const busyTimeoutMs = 5000
/** The log is cut back to this after it was copied. */
const walBytesMax = 16 * 1024 * 1024

/**
 * A connection that writes. Every commit is on disk when it returns: WAL with `synchronous = FULL`,
 * which better-sqlite3 does not set by itself. Nothing is copied from the log into the file unless
 * `checkpoint` is asked for.
 *
 * @throws GatewayError for a file that is not ours or not whole, and what SQLite throws
 */
export function openForWriting(path: string): Database.Database {
  const database = new Database(path, { fileMustExist: true, timeout: busyTimeoutMs })
  try {
    inspectOpened(path, database)
    database.pragma('journal_mode = WAL')
    database.pragma('synchronous = FULL')
    database.pragma('wal_autocheckpoint = 0')
    database.pragma(`journal_size_limit = ${walBytesMax}`)
    database.pragma('cache_size = -8192')
    database.pragma('trusted_schema = OFF')
    const mode = database.pragma('journal_mode', { simple: true })
    const synchronous = database.pragma('synchronous', { simple: true })
    if (mode === 'wal' && synchronous === 2) return database
    throw new GatewayError(
      'store_unusable',
      `Cannot open store file "${path}": it stays in journal mode ${mode} ` +
        `with synchronous ${synchronous}, must be wal with 2; is it on a network file system`,
    )
  } catch (error) {
    database.close()
    throw error
  }
}

/** A connection that reads; it sees what was committed before each of its transactions. */
export function openForReading(path: string): Database.Database {
  const database = new Database(path, {
    readonly: true,
    fileMustExist: true,
    timeout: busyTimeoutMs,
  })
  try {
    database.pragma('cache_size = -512')
    database.pragma('trusted_schema = OFF')
    return database
  } catch (error) {
    database.close()
    throw error
  }
}

/**
 * Makes an empty file. It is made under another name first, so that it is a whole store from its
 * first moment on, and never takes the place of a file that is there.
 */
export function createFile(path: string): void {
  const unfinished = `${path}.new`
  rmSync(unfinished, { force: true })
  rmSync(`${unfinished}-journal`, { force: true })
  const database = new Database(unfinished, { timeout: busyTimeoutMs })
  try {
    database.pragma(`page_size = ${pageSize}`)
    database.pragma('synchronous = FULL')
    database.exec('BEGIN EXCLUSIVE')
    for (const statement of schema.values()) database.exec(statement)
    database
      .prepare('INSERT INTO meta (key, value) VALUES (?, ?), (?, ?)')
      .run('format', String(fileFormat), 'writer', 'spangate')
    database.pragma(`application_id = ${applicationId}`)
    database.pragma(`user_version = ${fileFormat}`)
    database.exec('COMMIT')
  } finally {
    database.close()
  }
  moveToFree(unfinished, path)
}

/**
 * Gives a finished file its name, durably, unless another one has it.
 *
 * @throws Error with code 'EEXIST' when the name is taken
 */
export function moveToFree(from: string, to: string): void {
  try {
    linkSync(from, to)
    unlinkSync(from)
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    // File systems without hard links; nobody but us makes names there.
    const hasLinks = code !== 'EPERM' && code !== 'ENOTSUP' && code !== 'EOPNOTSUPP'
    if (hasLinks || existsSync(to)) throw error
    renameSync(from, to)
  }
  syncDirectory(dirname(to))
  syncDirectory(dirname(dirname(to)))
}

/** Makes the names in a directory durable. */
export function syncDirectory(path: string): void {
  let directory: number
  try {
    directory = openSync(path, 'r')
  } catch {
    return // A parent that we may not read was there before us.
  }
  try {
    fsyncSync(directory)
  } finally {
    closeSync(directory)
  }
}

/** @throws GatewayError 'store_corrupt' unless the tables are those of format 1 */
export function verifySchema(path: string, database: Database.Database): void {
  const rows = database
    .prepare<[], { name: string; sql: string }>(
      `SELECT name, sql FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%'`,
    )
    .all()
  const found = new Map(rows.map((row) => [row.name, row.sql]))
  for (const [name, sql] of schema) {
    if (found.get(name) !== sql) {
      throw damaged(path, `"${name}" is not as format ${fileFormat} has it`)
    }
  }
  const format = database.prepare("SELECT value FROM meta WHERE key = 'format'").pluck().get()
  if (format !== String(fileFormat)) throw damaged(path, 'its meta table names no format')
}

/**
 * What SQLite finds wrong with the pages of a file, a line each; nothing when all is well.
 *
 * @param linesMax how many are looked for
 */
export function faultsOfPages(database: Database.Database, linesMax: number): string[] {
  const results = database.pragma(`quick_check(${linesMax})`) as { quick_check: string }[]
  // The first result has several lines, with a heading.
  const lines = results.flatMap(({ quick_check: result }) => result.split('\n'))
  return lines.filter((line) => line !== 'ok' && line !== '' && !line.startsWith('***'))
}

/** What a failure of SQLite means for a file that is being opened. */
export function openFailure(path: string, error: unknown): unknown {
  if (!(error instanceof Database.SqliteError)) return error
  if (error.code.startsWith('SQLITE_CORRUPT') || error.code === 'SQLITE_NOTADB') {
    return damaged(path, error.message, error)
  }
  // SQLite makes an index of the log beside each file that it opens, 32 KiB, also to read.
  const isFull = error.code === 'SQLITE_IOERR_SHMSIZE' || error.code === 'SQLITE_FULL'
  const state = isFull ? 'the disk is full' : error.message
  return new GatewayError(
    'store_unusable',
    `Cannot open store file "${path}": ${state} (${error.code})`,
    { cause: error },
  )
}
