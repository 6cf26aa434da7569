import { readdir, rename, stat, truncate, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import type { StoreEvent } from '../store-event.ts'
import type { StoreFile } from './store-files.ts'
import { filesAmong, hourEndUnixMs } from './store-files.ts'

/** What keeping a directory within its bounds needs of others. */
export interface FileKeeperOptions {
  readonly directory: string
  /** All files together, their logs among them. */
  readonly bytesMax: number
  /** How many spans a file has. */
  readonly count: (name: string) => Promise<number>
  /** A file goes for the bound of bytes, and is still there. */
  readonly onEvicting: (file: StoreFile) => Promise<void>
  /** Resolves when nobody writes to the file any more. */
  readonly release: (name: string) => Promise<void>
  /** Resolves when nobody has files open that are not there any more. */
  readonly refresh: () => Promise<void>
  readonly onEvent: (event: StoreEvent) => void
}

/**
 * Removes files whose hour has expired, and the oldest ones while all together are too large. All of
 * it is the file system's work, done beside whatever writes and reads.
 */
export class FileKeeper {
  readonly #options: FileKeeperOptions

  constructor(options: FileKeeperOptions) {
    this.#options = options
  }

  /**
   * Looks once. The newest file of the hour that is written to stays, whatever its size. It is not always
   * the newest of all: under a clock that was wrong for a while files of later hours came to be.
   *
   * @param writtenHour since the epoch; undefined before anything is written
   */
  async tidy(keptSinceUnixMs: number, writtenHour?: number): Promise<void> {
    const { directory, bytesMax } = this.#options
    const files = filesAmong(await readdir(directory))
    const left: StoreFile[] = []
    for (const file of files) {
      if (hourEndUnixMs(file) > keptSinceUnixMs) left.push(file)
      else await this.#remove(file, 'expired')
    }
    const sizes = await Promise.all(left.map((file) => this.#sizeOf(file)))
    let size = sizes.reduce((sum, one) => sum + one, 0)
    const written = left.findLast(({ hour }) => hour === writtenHour) ?? left.at(-1)
    for (const [index, file] of left.entries()) {
      if (size <= bytesMax) break
      if (file === written) continue
      size -= sizes[index] ?? 0
      await this.#remove(file, 'evicted')
    }
  }

  async #sizeOf({ name }: StoreFile): Promise<number> {
    let size = 0
    for (const end of ['', '-wal']) {
      const stats = await stat(join(this.#options.directory, `${name}${end}`)).catch(ifMissing)
      size += stats?.size ?? 0
    }
    return size
  }

  /**
   * The file gets another name first: from then on nobody finds it, and its log cannot be taken for
   * that of a later file, as the next start removes what is left.
   */
  async #remove(file: StoreFile, kind: 'expired' | 'evicted'): Promise<void> {
    const { directory, count, onEvicting, release, refresh, onEvent } = this.#options
    const { name } = file
    await release(name)
    // A damaged file is removed as well.
    const spanCount = await count(name).catch(() => 0)
    if (kind === 'evicted') await onEvicting(file)
    const path = join(directory, name)
    const removed = `${path}.removed`
    const isMoved = await rename(path, removed).then(
      () => true,
      (error: unknown) => ifMissing(error) ?? false,
    )
    if (!isMoved) return
    onEvent({ kind, spanCount })
    await refresh()
    for (const end of ['-wal', '-shm']) await unlink(`${path}${end}`).catch(ifMissing)
    await shrink(removed)
    await unlink(removed)
  }
}

/** What is cut off at once, and between two cuts. */
const cutBytes = 16 * 1024 * 1024
const cutPauseMs = 20

/**
 * Frees a large file piece by piece: the file system makes every sync wait while it frees one at once,
 * 150 ms for half a GiB.
 */
async function shrink(path: string): Promise<void> {
  const { size } = await stat(path)
  for (let left = size - cutBytes; left > 0; left -= cutBytes) {
    await truncate(path, left)
    await setTimeout(cutPauseMs)
  }
}

/** What is gone need not be removed. */
function ifMissing(error: unknown): undefined {
  if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
  throw error
}
