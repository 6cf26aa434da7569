import {
  closeSync,
  copyFileSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  rmSync,
} from 'node:fs'
import { join, resolve } from 'node:path'
import { GatewayError } from '../../errors/gateway-error.ts'
import { archiveFileName, hasArchive } from './archive-file.ts'
import { copyArchive, restoreArchive } from './copy-archive.ts'
import { inspectFile, sizeOf } from './inspect-file.ts'
import { moveToFree, openFailure, openForReading, openForWriting } from './open-database.ts'
import type { StoreFile } from './store-files.ts'
import { filesAmong, freeSequence, storeFile } from './store-files.ts'
import { verifyFile } from './verify-file.ts'

/** What happened to one file. */
export interface CopiedFile {
  readonly name: string
  /** The name of the copy; undefined when there is none. */
  readonly copy: string | undefined
  /** Why there is none. */
  readonly error: Error | undefined
}

/**
 * Copies every file of a store into an empty directory, also while a gateway writes to it: each copy
 * is what was committed at one moment, in one file without a log. Hours that begin meanwhile are
 * copied too; a file that expires meanwhile is left out. The archive comes last.
 *
 * @throws GatewayError 'invalid_argument' when there is no store, or the target is not empty
 */
export function* backupFiles(directory: string, target: string): Iterable<CopiedFile> {
  checkStore(directory)
  makeEmpty(target)
  const done = new Set<string>()
  for (;;) {
    const left = filesAmong(readdirSync(directory)).filter(({ name }) => !done.has(name))
    if (left.length === 0) break
    for (const { name } of left) {
      done.add(name)
      const isThere = (): boolean => readdirSync(directory).includes(name)
      const copied = attempt(name, () => copyOf(directory, target, name))
      if (copied.error === undefined || isThere()) yield copied
    }
  }
  if (!hasArchive(directory)) return
  yield attempt(archiveFileName, () => {
    copyArchive(directory, target)
    return archiveFileName
  })
}

/**
 * Puts the files of a backup into a store's directory, under numbers that are free there, also while a
 * gateway runs: it finds them with its next search. Spans that are there already are shown once.
 *
 * @throws GatewayError 'invalid_argument' when there is no backup, or no directory to put it into
 */
export function* restoreFiles(backup: string, directory: string): Iterable<CopiedFile> {
  checkStore(backup)
  if (resolve(backup) === resolve(directory)) {
    throw refused('restore', directory, 'it is the backup itself')
  }
  makeDirectory('restore', directory)
  for (const file of filesAmong(readdirSync(backup))) {
    yield attempt(file.name, () => restored(file, backup, directory))
  }
  if (!hasArchive(backup)) return
  yield attempt(archiveFileName, () => {
    restoreArchive(backup, directory)
    return archiveFileName
  })
}

function copyOf(directory: string, target: string, name: string): string {
  const unfinished = join(target, `${name}.new`)
  try {
    const database = openForReading(join(directory, name))
    try {
      // One moment of the database; neither its log nor what is free in it is copied.
      database.prepare('VACUUM INTO ?').run(unfinished)
    } finally {
      database.close()
    }
    verifyFile(unfinished)
    syncFile(unfinished)
    moveToFree(unfinished, join(target, name))
    return name
  } finally {
    rmSync(unfinished, { force: true })
  }
}

function restored(file: StoreFile, backup: string, directory: string): string {
  const source = join(backup, file.name)
  inspectFile(source)
  // A name that no store file begins with: it takes no number.
  const unfinished = join(directory, `restoring-${process.pid}-${file.name}`)
  try {
    copyFileSync(source, unfinished)
    takeLog(source, unfinished)
    verifyFile(unfinished)
    syncFile(unfinished)
    return moveToNumber(unfinished, file.hour, directory)
  } finally {
    for (const end of ['', '-wal', '-shm']) rmSync(`${unfinished}${end}`, { force: true })
  }
}

/** A copy that was not made by `backup` may have a log beside it, whose spans are not in the file. */
function takeLog(source: string, target: string): void {
  const log = `${source}-wal`
  if (sizeOf(log) === 0) return
  copyFileSync(log, `${target}-wal`)
  const database = openForWriting(target)
  try {
    database.pragma('wal_checkpoint(TRUNCATE)')
  } finally {
    database.close()
  }
}

function moveToNumber(from: string, hour: number, directory: string): string {
  for (let round = 0; ; round++) {
    const { name } = storeFile(hour, freeSequence(readdirSync(directory), hour))
    try {
      moveToFree(from, join(directory, name))
      return name
    } catch (error) {
      // The gateway may have taken the number meanwhile.
      const isTaken = error instanceof Error && 'code' in error && error.code === 'EEXIST'
      if (!isTaken || round === roundsMax) throw error
    }
  }
}

const roundsMax = 10

function attempt(name: string, copy: () => string): CopiedFile {
  try {
    return { name, copy: copy(), error: undefined }
  } catch (error) {
    const failure = openFailure(name, error)
    if (!(failure instanceof Error)) throw failure
    return { name, copy: undefined, error: failure }
  }
}

/**
 * Says that there are files of spans in a directory.
 *
 * @throws GatewayError 'invalid_argument' when there are none
 */
export function checkStore(directory: string): void {
  let names: readonly string[]
  try {
    names = readdirSync(directory)
  } catch (cause) {
    const state = cause instanceof Error ? cause.message : String(cause)
    throw new GatewayError(
      'invalid_argument',
      `Cannot read store "${resolve(directory)}": ${state}`,
      { cause },
    )
  }
  if (filesAmong(names).length > 0 || names.includes(archiveFileName)) return
  throw new GatewayError(
    'invalid_argument',
    `Cannot read store "${resolve(directory)}": there are no files of spans in it`,
  )
}

function makeEmpty(target: string): void {
  makeDirectory('back up', target)
  if (readdirSync(target).length > 0) throw refused('back up', target, 'it is not empty')
}

function makeDirectory(action: string, path: string): void {
  try {
    mkdirSync(path, { recursive: true })
  } catch (cause) {
    const state = cause instanceof Error ? cause.message : String(cause)
    throw refused(action, path, `it is no directory and cannot be made one (${state})`, cause)
  }
}

function refused(action: string, path: string, state: string, cause?: unknown): GatewayError {
  return new GatewayError('invalid_argument', `Cannot ${action} to "${resolve(path)}": ${state}`, {
    cause,
  })
}

function syncFile(path: string): void {
  const file = openSync(path, 'r+')
  try {
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
}
