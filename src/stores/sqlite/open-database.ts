import { closeSync, fsyncSync, openSync, renameSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import Database from 'better-sqlite3'
import { GatewayError } from '../../errors/gateway-error.ts'
import { applicationId, fileFormat, pageSize, schema } from './format.ts'
import { damaged, inspectFile } from './inspect-file.ts'
import { verifyParts } from './verify-parts.ts'

/** A writer waits this long for another program that writes; readers never wait for writers. */
const busyTimeoutMs = 5000
/** Pages of the write-ahead log that make the next commit copy them into the file: 32 MiB. */
const checkpointPages = 4096
/** The log is cut back to this after it was copied. */
const walBytesMax = 64 * 1024 * 1024

/** The database file of a store's directory. */
export function databaseFile(directory: string): string {
  return join(directory, 'spans.db')
}

/**
 * Makes `spans.db` where there is none, checks it where there is one, within bounded time however
 * large it is. The caller holds the directory's lock.
 *
 * @throws GatewayError 'store_unusable' or 'store_corrupt'; the file is then as it was
 */
export function prepareDatabase(directory: string): void {
  const file = databaseFile(directory)
  const state = inspectFile(file)
  try {
    if (state === 'new') create(file)
    verify(file)
  } catch (error) {
    throw openFailure(file, error)
  }
}

/**
 * The one connection that writes. Every commit is on disk when it returns: WAL with
 * `synchronous = FULL`, which better-sqlite3 does not set by itself.
 */
export function openForWriting(directory: string): Database.Database {
  const database = new Database(databaseFile(directory), {
    fileMustExist: true,
    timeout: busyTimeoutMs,
  })
  database.pragma('journal_mode = WAL')
  database.pragma('synchronous = FULL')
  database.pragma(`wal_autocheckpoint = ${checkpointPages}`)
  database.pragma(`journal_size_limit = ${walBytesMax}`)
  database.pragma('cache_size = -32768')
  database.pragma('trusted_schema = OFF')
  const mode = database.pragma('journal_mode', { simple: true })
  const synchronous = database.pragma('synchronous', { simple: true })
  if (mode !== 'wal' || synchronous !== 2) {
    database.close()
    throw new GatewayError(
      'store_unusable',
      `Cannot open store file "${databaseFile(directory)}": it stays in journal mode ${mode} ` +
        `with synchronous ${synchronous}, must be wal with 2; is it on a network file system`,
    )
  }
  return database
}

/** A connection that reads; it sees what was committed before each of its transactions. */
export function openForReading(directory: string): Database.Database {
  const database = new Database(databaseFile(directory), {
    readonly: true,
    fileMustExist: true,
    timeout: busyTimeoutMs,
  })
  database.pragma('cache_size = -8192')
  database.pragma('trusted_schema = OFF')
  return database
}

/** Newest arrival of all parts, ms since the epoch; undefined when there is none. */
export function newestArrivalUnixMs(directory: string): number | undefined {
  const database = openForReading(directory)
  try {
    const newest = database.prepare('SELECT max(arrival) FROM part').pluck().get()
    return typeof newest === 'number' ? newest : undefined
  } finally {
    database.close()
  }
}

/** Made under another name first, so that `spans.db` is a whole store from its first moment on. */
function create(file: string): void {
  const unfinished = `${file}.new`
  rmSync(unfinished, { force: true })
  rmSync(`${unfinished}-journal`, { force: true })
  const database = new Database(unfinished, { timeout: busyTimeoutMs })
  try {
    database.pragma(`page_size = ${pageSize}`)
    database.pragma('auto_vacuum = INCREMENTAL')
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
  renameSync(unfinished, file)
  syncDirectory(dirname(file))
  syncDirectory(dirname(dirname(file)))
}

/** The file's name is durable only once its directory is. */
function syncDirectory(path: string): void {
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

/** A database up to this size is checked whole; a larger one by its newest and some other parts. */
const wholeCheckBytesMax = 32 * 1024 * 1024

/** Only reads: a log that is left from a crash is read in place, not yet copied into the file. */
function verify(file: string): void {
  const options = { readonly: true, fileMustExist: true, timeout: busyTimeoutMs }
  const database = new Database(file, options)
  try {
    verifySchema(file, database)
    const pages = Number(database.pragma('page_count', { simple: true }))
    if (pages * pageSize <= wholeCheckBytesMax) {
      const result = database.pragma('quick_check(1)', { simple: true })
      if (result !== 'ok') throw damaged(file, String(result))
    }
    verifyParts(file, database)
  } finally {
    database.close()
  }
}

function verifySchema(file: string, database: Database.Database): void {
  const rows = database
    .prepare<[], { name: string; sql: string }>(
      `SELECT name, sql FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%'`,
    )
    .all()
  const found = new Map(rows.map((row) => [row.name, row.sql]))
  for (const [name, sql] of schema) {
    if (found.get(name) !== sql) {
      throw damaged(file, `"${name}" is not as format ${fileFormat} has it`)
    }
  }
  const format = database.prepare("SELECT value FROM meta WHERE key = 'format'").pluck().get()
  if (format !== String(fileFormat)) throw damaged(file, 'its meta table names no format')
}

function openFailure(file: string, error: unknown): unknown {
  if (!(error instanceof Database.SqliteError)) return error
  if (error.code.startsWith('SQLITE_CORRUPT') || error.code === 'SQLITE_NOTADB') {
    return damaged(file, error.message, error)
  }
  return new GatewayError(
    'store_unusable',
    `Cannot open store file "${file}": ${error.message} (${error.code})`,
    { cause: error },
  )
}
