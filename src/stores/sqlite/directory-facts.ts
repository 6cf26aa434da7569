import type { Stats } from 'node:fs'
import { readdir, stat, statfs } from 'node:fs/promises'
import { join } from 'node:path'
import type { SqliteFacts, StoreFacts } from '../../ports/store-facts.ts'
import { archiveFileName } from './archive-file.ts'
import type { StoreFile } from './store-files.ts'
import { filesAmong, hourEndUnixMs } from './store-files.ts'
import type { FileContents } from './thread-messages.ts'

/** What the facts of a directory are made of. */
export interface DirectoryFactsOptions {
  readonly directory: string
  readonly retentionMs: number
  readonly bytesMax: number
  readonly archiveBytesMax: number
  /** Asks a reader what is in a file. */
  readonly look: (name: string) => Promise<FileContents | undefined>
}

/** What is in a directory; reads that wait are the business of others. */
export interface LookedDirectory {
  readonly arrivals: Omit<StoreFacts, 'details'>
  readonly files: Omit<SqliteFacts, 'waitingReads' | 'waitingReadsMax'>
}

/** A file as it was when it was looked into. */
interface KnownFile {
  /** What changes when somebody writes to the file; undefined where a write right after the look may not show. */
  readonly stamp: string | undefined
  readonly contents: FileContents | undefined
}

/**
 * What is in a store's directory. Only files that were written to since the last look are read, so that a look
 * costs little more than the list of the directory.
 */
export class DirectoryFacts {
  readonly #options: DirectoryFactsOptions
  #known: ReadonlyMap<string, KnownFile> = new Map()

  constructor(options: DirectoryFactsOptions) {
    this.#options = options
  }

  /**
   * Looks. The caller looks once at a time.
   *
   * @param keptSinceUnixMs what arrived before is not shown any more, though its file may be there
   */
  async look(keptSinceUnixMs: number): Promise<LookedDirectory> {
    const { directory, retentionMs, bytesMax, archiveBytesMax } = this.#options
    const names = await readdir(directory)
    const files = filesAmong(names)
    const known = new Map<string, KnownFile>()
    let sizeBytes = 0
    for (const { name } of files) {
      const stats = await this.#statsOf(name)
      for (const one of stats) sizeBytes += one?.size ?? 0
      const stamp = stampOf(stats)
      const before = this.#known.get(name)
      const isKnown = stamp !== undefined && before?.stamp === stamp
      const contents = isKnown ? before.contents : await this.#contentsOf(name)
      known.set(name, { stamp, contents })
    }
    this.#known = known
    const archive = await this.#statsOf(archiveFileName)
    const { bavail, bsize } = await statfs(directory)
    return {
      arrivals: arrivalsOf(files, known, { keptSinceUnixMs, retentionMs }),
      files: {
        spanCount: spansOf(known),
        fileCount: files.length,
        hourCount: new Set(files.map(({ hour }) => hour)).size,
        sizeBytes,
        bytesMax,
        archiveBytes: archive.reduce((size, one) => size + (one?.size ?? 0), 0),
        archiveBytesMax,
        freeBytes: bavail * bsize,
        damagedFileCount: names.filter((name) => /\.damaged(-\d+)?$/.test(name)).length,
      },
    }
  }

  /** Of a file and of its log; undefined for what is not there. */
  async #statsOf(name: string): Promise<readonly (Stats | undefined)[]> {
    const paths = ['', '-wal'].map((end) => join(this.#options.directory, `${name}${end}`))
    return Promise.all(paths.map((path) => stat(path).catch(() => undefined)))
  }

  /** A file that cannot be read is told of elsewhere. */
  async #contentsOf(name: string): Promise<FileContents | undefined> {
    return this.#options.look(name).catch(() => undefined)
  }
}

/** File systems note the time of a change in steps, of at most 2 s. */
const settledMs = 4000

function stampOf(stats: readonly (Stats | undefined)[]): string | undefined {
  const isSettled = stats.every((one) => one === undefined || Date.now() - one.mtimeMs > settledMs)
  if (!isSettled) return undefined
  return stats.map((one) => `${one?.ino} ${one?.size} ${one?.mtimeMs}`).join(' ')
}

interface Keeping {
  readonly keptSinceUnixMs: number
  readonly retentionMs: number
}

function arrivalsOf(
  files: readonly StoreFile[],
  known: ReadonlyMap<string, KnownFile>,
  { keptSinceUnixMs, retentionMs }: Keeping,
): LookedDirectory['arrivals'] {
  let oldest = Number.POSITIVE_INFINITY
  let newest = 0
  for (const { contents } of known.values()) {
    oldest = Math.min(oldest, contents?.arrivalMinUnixMs ?? oldest)
    newest = Math.max(newest, contents?.arrivalMaxUnixMs ?? newest)
  }
  const [first] = files
  if (newest === 0 || first === undefined) return {}
  return {
    oldestArrivalUnixMs: Math.max(oldest, keptSinceUnixMs),
    newestArrivalUnixMs: newest,
    nextExpiryUnixMs: hourEndUnixMs(first) + retentionMs,
  }
}

function spansOf(known: ReadonlyMap<string, KnownFile>): number {
  let count = 0
  for (const { contents } of known.values()) count += contents?.spanCount ?? 0
  return count
}
