import { accessSync, constants, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { GatewayError } from '../../errors/gateway-error.ts'

/** One process at a time owns a store's directory. */
export interface DirectoryLock {
  /** Gives the directory to others; safe to call twice. */
  release(): void
}

/**
 * Makes the directory where it is missing and takes it for this process.
 *
 * The lock is an exclusive transaction on a database of its own, `lock.db`: the system drops it
 * with the process, however that ends, and it works between processes and within one. It is not
 * on `spans.db`, so that others may read there. `lock.pid` only helps to say who holds it.
 *
 * @throws GatewayError 'store_unusable' that names the directory
 */
export function lockDirectory(path: string): DirectoryLock {
  const pidFile = join(path, 'lock.pid')
  const database = openLock(path)
  try {
    // A journal in a file is begun with the transaction, and needs room.
    database.pragma('journal_mode = MEMORY')
    database.exec('BEGIN EXCLUSIVE')
  } catch (error) {
    database.close()
    throw refusal(path, error, pidFile)
  }
  try {
    writeFileSync(pidFile, `${process.pid}\n`)
  } catch {
    // Its number is only a help: on a full disk what is there can be read, and expires.
  }
  return {
    release() {
      if (!database.open) return
      try {
        rmSync(pidFile, { force: true })
      } finally {
        database.close()
      }
    },
  }
}

function openLock(path: string): Database.Database {
  try {
    mkdirSync(path, { recursive: true })
  } catch (error) {
    throw unusable(path, `it is no directory and cannot be made one (${messageOf(error)})`, error)
  }
  try {
    // SQLite only says that it cannot open the file.
    accessSync(path, constants.W_OK)
  } catch (error) {
    throw unusable(path, `the directory cannot be written (${messageOf(error)})`, error)
  }
  try {
    return new Database(join(path, 'lock.db'), { timeout: 0 })
  } catch (error) {
    throw unusable(path, `lock.db cannot be opened (${messageOf(error)})`, error)
  }
}

function refusal(path: string, error: unknown, pidFile: string): GatewayError {
  const code = error instanceof Database.SqliteError ? error.code : ''
  if (code.startsWith('SQLITE_BUSY')) {
    return unusable(path, `it is in use by ${holder(pidFile)}`, error)
  }
  if (code === 'SQLITE_NOTADB' || code === 'SQLITE_CORRUPT') {
    return unusable(path, 'its lock.db is not a lock of this program', error)
  }
  return unusable(path, `it cannot be locked (${messageOf(error)})`, error)
}

function holder(pidFile: string): string {
  try {
    const pid = Number(readFileSync(pidFile, 'utf8').trim())
    if (pid === process.pid) return `this process (pid ${pid})`
    if (Number.isInteger(pid) && pid > 0) return `another process (pid ${pid})`
  } catch {
    // The holder has not written it yet, or may not: its number is only a help.
  }
  return 'another process'
}

function unusable(path: string, state: string, cause: unknown): GatewayError {
  return new GatewayError('store_unusable', `Cannot open store "${path}": ${state}`, { cause })
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
