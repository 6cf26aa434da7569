import { readdirSync, readFileSync, rmSync } from 'node:fs'
import { unlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { traceKeysOf } from '../trace-keys.ts'
import { checked, withChecksum } from './checksum.ts'
import type { StoreFile } from './store-files.ts'
import { hourEndUnixMs, parseFileName } from './store-files.ts'

/** The traces of a file that was removed, as numbers (src/stores/trace-keys.ts), ascending. */
interface LostFile {
  readonly file: StoreFile
  readonly keys: Float64Array
}

const ending = '.lost'

/**
 * Which traces had spans in files that went to stay within the bound of bytes. For each such file
 * there is a small one, `….db.lost`, with 8 bytes for each of its traces and a checksum, so that
 * it is known after a restart too. All together have at most `entriesMax` traces, the newest; what
 * retention would have removed by now is forgotten.
 */
export class LostTraces {
  readonly #directory: string
  readonly #entriesMax: number
  /** Oldest first. */
  readonly #files: LostFile[] = []
  #entries = 0

  /** Reads what is known. One that cannot be read is removed: it only helps to say more. */
  constructor(directory: string, entriesMax: number) {
    this.#directory = directory
    this.#entriesMax = entriesMax
    const files = readdirSync(directory)
      .filter((name) => name.endsWith(ending))
      .map((name) => parseFileName(name.slice(0, -ending.length)))
      .filter((file) => file !== undefined)
      .sort((left, right) => left.hour - right.hour || left.sequence - right.sequence)
    for (const file of files) {
      const keys = readKeys(this.#pathOf(file))
      if (keys === undefined) rmSync(this.#pathOf(file), { force: true })
      else this.#push({ file, keys })
    }
  }

  /** Notes the traces of a file that goes. Never fails: without room on the disk they are kept in memory. */
  async add(file: StoreFile, keys: Float64Array): Promise<void> {
    this.#push({ file, keys })
    const path = this.#pathOf(file)
    try {
      await writeFile(path, withChecksum(new Uint8Array(keys.buffer)))
    } catch {
      // A full disk, mostly: that is why files go.
      await unlink(path).catch(() => {})
    }
    await this.#forget(() => this.#entries > this.#entriesMax && this.#files.length > 1)
  }

  /** Forgets what retention would have removed by now. */
  async expire(keptSinceUnixMs: number): Promise<void> {
    await this.#forget(({ file }) => hourEndUnixMs(file) <= keptSinceUnixMs)
  }

  /** True when spans of the trace went. */
  has(tenant: string, traceId: Uint8Array): boolean {
    const [key = 0] = traceKeysOf(tenant, traceId)
    return this.#files.some(({ keys }) => includes(keys, key))
  }

  #push(lost: LostFile): void {
    this.#files.push(lost)
    this.#entries += lost.keys.length
  }

  async #forget(isOver: (lost: LostFile) => boolean): Promise<void> {
    for (const lost of [...this.#files]) {
      if (!isOver(lost)) continue
      this.#files.splice(this.#files.indexOf(lost), 1)
      this.#entries -= lost.keys.length
      await unlink(this.#pathOf(lost.file)).catch(() => {})
    }
  }

  #pathOf({ name }: StoreFile): string {
    return join(this.#directory, `${name}${ending}`)
  }
}

function readKeys(path: string): Float64Array | undefined {
  try {
    const bytes = checked(readFileSync(path), path)
    return new Float64Array(bytes.slice().buffer)
  } catch {
    // Not whole, or not there any more.
    return undefined
  }
}

/** By halves: the keys are in order. */
function includes(keys: Float64Array, key: number): boolean {
  let first = 0
  let end = keys.length
  while (first < end) {
    const middle = (first + end) >>> 1
    const found = keys[middle] as number
    if (found === key) return true
    if (found < key) first = middle + 1
    else end = middle
  }
  return false
}
