import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { GatewayError } from '../../errors/gateway-error.ts'
import { withoutPassword } from '../../stores/cassandra/cassandra-address.ts'
import { parseStoreAddress } from '../../stores/open-store.ts'
import type { ArchiveReport } from '../../stores/sqlite/archive-file.ts'
import {
  ArchiveFile,
  archiveFileName,
  archivePath,
  hasArchive,
} from '../../stores/sqlite/archive-file.ts'
import { checkFile } from '../../stores/sqlite/check-file.ts'
import type { CopiedFile } from '../../stores/sqlite/copy-files.ts'
import { backupFiles, checkStore, restoreFiles } from '../../stores/sqlite/copy-files.ts'
import { filesAmong } from '../../stores/sqlite/store-files.ts'

/** Where the commands print, one line at a time. */
export interface StorageOutput {
  readonly stdout: (line: string) => void
  readonly stderr: (line: string) => void
}

/**
 * `spangate storage backup`: copies of all files into an empty directory, also while a gateway runs.
 *
 * @returns whether every file was copied
 */
export function backup(store: string, target: string, output: StorageOutput): boolean {
  return report(backupFiles(directoryOf(store), target), 'copied', output)
}

/**
 * `spangate storage restore`: the files of a backup into a store, also while a gateway runs.
 *
 * @returns whether every file was put back
 */
export function restore(store: string, source: string, output: StorageOutput): boolean {
  return report(restoreFiles(source, directoryOf(store)), 'restored', output)
}

/**
 * `spangate storage check`: reads everything, and prints a line for each file.
 *
 * @returns whether all is well
 */
export function check(store: string, output: StorageOutput): boolean {
  const directory = directoryOf(store)
  checkStore(directory)
  let isWell = true
  for (const { name } of filesAmong(readdirSync(directory))) {
    const { spans, blocks, problems } = checkFile(join(directory, name))
    // Retention may have removed it meanwhile.
    if (problems.length > 0 && !readdirSync(directory).includes(name)) continue
    const state = problems.length === 0 ? 'ok' : 'DAMAGED'
    output.stdout(`${name} ${state}: ${spans} spans, ${blocks} blocks`)
    for (const problem of problems) output.stderr(`${name}: ${problem}`)
    isWell &&= problems.length === 0
  }
  return checkArchive(directory, output) && isWell
}

function checkArchive(directory: string, output: StorageOutput): boolean {
  if (!hasArchive(directory)) return true
  const { traces, rows, problems } = archiveReport(directory)
  const state = problems.length === 0 ? 'ok' : 'DAMAGED'
  output.stdout(`${archiveFileName} ${state}: ${traces} archived traces, ${rows} rows`)
  for (const problem of problems) output.stderr(`${archiveFileName}: ${problem}`)
  return problems.length === 0
}

function archiveReport(directory: string): ArchiveReport {
  try {
    const file = ArchiveFile.read(archivePath(directory))
    try {
      return file.check()
    } finally {
      file.close()
    }
  } catch (error) {
    // What cannot be opened is what a check is to tell.
    const problem = error instanceof Error ? error.message : String(error)
    return { traces: 0, rows: 0, problems: [problem] }
  }
}

function report(
  files: Iterable<CopiedFile>,
  done: string,
  { stdout, stderr }: StorageOutput,
): boolean {
  let isWell = true
  for (const { name, copy, error } of files) {
    if (copy === name) stdout(`${name} ${done}`)
    else if (copy !== undefined) stdout(`${name} ${done} as ${copy}`)
    else stderr(`${name} not ${done}: ${error?.message}`)
    isWell &&= copy !== undefined
  }
  return isWell
}

function directoryOf(store: string): string {
  const address = parseStoreAddress(store)
  if (address.kind === 'sqlite') return address.path
  throw new GatewayError(
    'bad_settings',
    `Cannot use store "${withoutPassword(store)}": it has no files`,
  )
}
