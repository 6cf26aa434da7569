import Database from 'better-sqlite3'
import type { ErrorCode } from '../../errors/gateway-error.ts'
import { GatewayError } from '../../errors/gateway-error.ts'

/** How long a client should wait before it tries a full or failing store again. */
const retryAfterMs = 5000

/**
 * What SQLite's result codes mean to a caller.
 *
 * Source: https://www.sqlite.org/rescode.html (extended codes begin with the primary one's name).
 */
const failures: readonly (readonly [prefix: string, code: ErrorCode, state: string])[] = [
  ['SQLITE_FULL', 'store_unavailable', 'the disk is full'],
  ['SQLITE_IOERR', 'store_unavailable', 'reading or writing the file failed'],
  ['SQLITE_READONLY', 'store_unavailable', 'the file cannot be written'],
  ['SQLITE_CANTOPEN', 'store_unavailable', 'the file cannot be opened'],
  ['SQLITE_BUSY', 'store_unavailable', 'another program keeps it locked'],
  ['SQLITE_LOCKED', 'store_unavailable', 'another program keeps it locked'],
  ['SQLITE_PROTOCOL', 'store_unavailable', 'another program keeps it locked'],
  ['SQLITE_NOMEM', 'store_unavailable', 'there is no memory'],
  ['SQLITE_CORRUPT', 'store_corrupt', 'the file is damaged'],
  ['SQLITE_NOTADB', 'store_corrupt', 'the file is damaged'],
]

/**
 * An error of SQLite, or of the file system, as one for callers; anything else comes back as it is.
 *
 * @param action what failed, for example `Cannot store spans`
 */
export function failureOf(action: string, error: unknown): Error {
  if (isSystemError(error)) return unavailable(action, error.message, error)
  if (!(error instanceof Database.SqliteError)) {
    return error instanceof Error ? error : new Error(String(error))
  }
  const failure = failures.find(([prefix]) => error.code.startsWith(prefix))
  if (failure === undefined) return error
  const [, code, state] = failure
  const why = `${state} (${error.code}: ${error.message})`
  if (code === 'store_unavailable') return unavailable(action, why, error)
  return new GatewayError(code, `${action}: ${why}`, { cause: error })
}

function unavailable(action: string, why: string, cause: Error): GatewayError {
  return new GatewayError('store_unavailable', `${action}: ${why}`, { cause, retryAfterMs })
}

/** What Node says of the files beside the databases: there is no room, none may be opened, one is gone. */
function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'syscall' in error && 'errno' in error
}
