import { existsSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { GatewayError } from '../../errors/gateway-error.ts'
import { oldFileName, oldFormat, oldRowsSql } from './format-0.ts'
import { inspectFile } from './inspect-file.ts'
import { openFailure, openForReading, syncDirectory } from './open-database.ts'
import { listFiles } from './store-files.ts'
import { verifyFile } from './verify-file.ts'

/** A file that was set aside, and why. */
export interface DamagedFile {
  /** Where it is now. */
  readonly path: string
  readonly error: GatewayError
}

/** What is in a directory. */
export interface DirectoryContents {
  /** Newest arrival of all spans, ms since the epoch; undefined where there is none. */
  readonly newestArrivalUnixMs: number | undefined
  /** Names of files with spans that are in no block, or blocks in no segment. */
  readonly unfinished: readonly string[]
  /** True where spans of format 0 are to be written anew. */
  readonly hasOldFile: boolean
}

/** A directory of which nothing was changed. */
export interface InspectedDirectory extends DirectoryContents {
  /** What is wrong with files, by name. */
  readonly problems: ReadonlyMap<string, GatewayError>
}

/** A directory that is ready to be used. */
export interface PreparedDirectory extends DirectoryContents {
  readonly damaged: readonly DamagedFile[]
}

/** How long looking at files may take in all; the first ones, which are the newest, get most. */
const verifyMsMax = 2000

/**
 * Looks at every file of a directory within bounded time, however large they are, and changes none. The
 * caller holds the directory's lock.
 *
 * @throws GatewayError 'store_unusable' for a file of another program, or of a newer version
 */
export function inspectDirectory(directory: string): InspectedDirectory {
  const files = listFiles(directory)
  const problems = new Map<string, GatewayError>()
  for (const { name } of files) note(problems, name, () => inspect(join(directory, name)))
  const hasOldFile = note(problems, oldFileName, () => inspectOld(join(directory, oldFileName)))
  const until = performance.now() + verifyMsMax
  const unfinished: string[] = []
  let newest: number | undefined
  let left = files.length
  for (const { name } of files.reverse()) {
    const share = performance.now() + (until - performance.now()) / Math.max(1, left--) ** 0.5
    if (problems.has(name)) continue
    note(problems, name, () => {
      const state = verified(join(directory, name), share)
      if (state.isUnfinished) unfinished.push(name)
      newest = Math.max(newest ?? 0, state.newestArrivalUnixMs ?? 0)
      return true
    })
  }
  const newestArrivalUnixMs = newest === 0 ? undefined : newest
  return { newestArrivalUnixMs, unfinished, hasOldFile, problems }
}

/**
 * Inspects a directory, sets damaged files aside, their bytes as they were, and removes what is left of files
 * that were being made or removed. The caller holds the directory's lock.
 *
 * @throws as `inspectDirectory`; nothing was changed then
 */
export function prepareDirectory(directory: string): PreparedDirectory {
  const { problems, ...contents } = inspectDirectory(directory)
  removeLeftovers(directory, readdirSync(directory))
  const damaged = Array.from(problems, ([name, error]) => ({
    path: setAside(directory, name),
    error,
  }))
  if (damaged.length > 0) syncDirectory(directory)
  return { ...contents, damaged }
}

/**
 * Renames a damaged file and its log, so that nobody opens it by mistake.
 *
 * @returns where it is now
 */
export function setAside(directory: string, name: string): string {
  let target = join(directory, `${name}.damaged`)
  for (let number = 2; existsSync(target); number++) {
    target = join(directory, `${name}.damaged-${number}`)
  }
  for (const end of ['-wal', '']) {
    const path = join(directory, `${name}${end}`)
    if (existsSync(path)) renameSync(path, `${target}${end}`)
  }
  rmSync(join(directory, `${name}-shm`), { force: true })
  return target
}

/** Keeps what is damaged; anything else is the caller's. */
function note(problems: Map<string, GatewayError>, name: string, look: () => boolean): boolean {
  try {
    return look()
  } catch (error) {
    if (!(error instanceof GatewayError && error.code === 'store_corrupt')) throw error
    problems.set(name, error)
    return false
  }
}

function inspect(path: string): boolean {
  // An empty file is what is left of a copy.
  return inspectFile(path) === 'ours'
}

function inspectOld(path: string): boolean {
  if (inspectFile(path, oldFormat) === 'new') return false
  try {
    const database = openForReading(path)
    try {
      database.prepare(oldRowsSql).get(0, 1)
    } finally {
      database.close()
    }
    return true
  } catch (error) {
    throw noTable(path, error)
  }
}

function noTable(path: string, error: unknown): unknown {
  if (!(error instanceof Database.SqliteError) || error.code !== 'SQLITE_ERROR') {
    return openFailure(path, error)
  }
  return new GatewayError(
    'store_corrupt',
    `Cannot open store file "${path}": it is damaged, ${error.message}`,
    { cause: error },
  )
}

function verified(path: string, untilMs: number): ReturnType<typeof verifyFile> {
  try {
    return verifyFile(path, untilMs)
  } catch (error) {
    throw openFailure(path, error)
  }
}

/** Files that were being made or removed when an earlier process ended. */
function removeLeftovers(directory: string, names: readonly string[]): void {
  for (const name of names) {
    const removed = /^(spans-.*\.db)\.removed$/.exec(name)?.[1]
    if (removed !== undefined) {
      rmSync(join(directory, `${removed}-wal`), { force: true })
      rmSync(join(directory, `${removed}-shm`), { force: true })
      rmSync(join(directory, name), { force: true })
    } else if (/^spans-.*\.db\.new(-journal)?$/.test(name)) {
      rmSync(join(directory, name), { force: true })
    }
  }
}
