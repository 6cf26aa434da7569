import { closeSync, fsyncSync, openSync, rmSync } from 'node:fs'
import { ArchiveFile, archivePath } from './archive-file.ts'
import { damaged } from './inspect-file.ts'
import { moveToFree } from './open-database.ts'

/**
 * Copies the archive of a store, also while a gateway writes to it: what was committed at one moment,
 * compared with its checksums, in one file without a log.
 *
 * @throws GatewayError 'store_corrupt' when it is not whole
 */
export function copyArchive(directory: string, target: string): void {
  const path = archivePath(target)
  const unfinished = `${path}.new`
  try {
    const source = ArchiveFile.read(archivePath(directory))
    try {
      source.copyTo(unfinished)
    } finally {
      source.close()
    }
    requireWhole(unfinished)
    const file = openSync(unfinished, 'r+')
    try {
      fsyncSync(file)
    } finally {
      closeSync(file)
    }
    moveToFree(unfinished, path)
  } finally {
    rmSync(unfinished, { force: true })
  }
}

/**
 * Puts the archived traces of a backup into the archive of a store, beside those that are there, also
 * while a gateway runs.
 *
 * @throws GatewayError 'store_corrupt' when the backup's is not whole; nothing was changed then
 */
export function restoreArchive(backup: string, directory: string): void {
  requireWhole(archivePath(backup))
  const target = ArchiveFile.open(directory)
  try {
    target.takeFrom(archivePath(backup))
  } finally {
    target.close()
  }
}

function requireWhole(path: string): void {
  const file = ArchiveFile.read(path)
  try {
    const [problem] = file.check().problems
    if (problem !== undefined) throw damaged(path, problem)
  } finally {
    file.close()
  }
}
