import { createHash } from 'node:crypto'
import { mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { GatewayError } from '../../errors/gateway-error.ts'
import type {
  LeaseHolder,
  SamplingDocument,
  SamplingKind,
  SamplingStore,
} from '../../ports/sampling-store.ts'
import { samplingVersionsKept } from '../../ports/sampling-store.ts'
import { LocalLease } from '../local-lease.ts'

/** A version that is on disk. */
interface Kept {
  readonly version: number
  readonly untilUnixMs: number
}

/** The first line of a file; then its parts, one behind the other. */
interface Header extends Kept {
  /** Higher than of all that were written before: the clock may stand still, or be set back. Files of before it was there have 0. */
  readonly sequence: number
  readonly lengths: readonly number[]
  /** SHA-256 of the parts. */
  readonly hash: string
}

const folder = 'sampling'
const temporary = '.new'

/**
 * Keeps documents as files in a folder of the store's directory, `sampling/KIND.NAME.SLOT`, each replaced as a whole.
 * The directory belongs to one process, which leads. Nothing of the files is kept in memory but their numbers. What is
 * damaged counts as missing.
 */
export class FileSamplingStore implements SamplingStore {
  readonly isKept = true
  readonly isShared = false
  readonly #directory: string
  readonly #lease = new LocalLease()
  /** By the file's name, in the order in which they were written. */
  readonly #kept = new Map<string, Kept>()
  #lastSequence = 0

  /** @param directory of the store, which is there, and whose lock the process has */
  static async open(directory: string): Promise<FileSamplingStore> {
    const store = new FileSamplingStore(join(directory, folder))
    await failing('open', () => store.#load())
    return store
  }

  private constructor(directory: string) {
    this.#directory = directory
  }

  async put({ kind, name, version, parts, ttlMs }: SamplingDocument): Promise<void> {
    const file = fileOf(kind, name, version)
    const untilUnixMs = Date.now() + ttlMs
    const hash = hashOf(parts)
    this.#lastSequence += 1
    const header: Header = {
      sequence: this.#lastSequence,
      version,
      untilUnixMs,
      lengths: parts.map(({ length }) => length),
      hash,
    }
    await failing('write', async () => {
      const path = join(this.#directory, file)
      const handle = await open(`${path}${temporary}`, 'w')
      try {
        await handle.writeFile(`${JSON.stringify(header)}\n`)
        for (const part of parts) await handle.writeFile(part)
        await handle.datasync()
      } finally {
        await handle.close()
      }
      await rename(`${path}${temporary}`, path)
    })
    this.#note(file, { version, untilUnixMs })
  }

  async versions(kind: SamplingKind): Promise<ReadonlyMap<string, number>> {
    const nowMs = Date.now()
    const newest = new Map<string, number>()
    for (const [file, { version, untilUnixMs }] of this.#kept) {
      const [itsKind, name = ''] = file.split('.')
      if (itsKind !== kind) continue
      if (untilUnixMs <= nowMs) await this.#remove(file)
      else newest.set(decodeURIComponent(name), version)
    }
    return newest
  }

  async get(
    kind: SamplingKind,
    name: string,
    version: number,
  ): Promise<readonly Uint8Array[] | undefined> {
    const file = fileOf(kind, name, version)
    const kept = this.#kept.get(file)
    if (kept?.version !== version || kept.untilUnixMs <= Date.now()) return undefined
    return failing('read', async () => {
      const read = parse(await readFile(join(this.#directory, file)))
      return read?.header.version === version ? read.parts : undefined
    })
  }

  async lease(holder: LeaseHolder, leaseMs: number): Promise<LeaseHolder> {
    return this.#lease.take(holder, leaseMs)
  }

  async release(holder: LeaseHolder): Promise<void> {
    this.#lease.release(holder)
  }

  async close(): Promise<void> {
    // Everything is on disk already.
  }

  async #load(): Promise<void> {
    await mkdir(this.#directory, { recursive: true })
    const found: [file: string, header: Header][] = []
    for (const file of await readdir(this.#directory)) {
      if (!/^(counts|shares|state)\.[^.]+\.\d$/.test(file)) {
        if (file.endsWith(temporary)) await this.#remove(file)
        continue
      }
      const read = parse(await readFile(join(this.#directory, file)))
      if (read === undefined) await this.#remove(file)
      else found.push([file, read.header])
    }
    found.sort(([, a], [, b]) => a.sequence - b.sequence || a.untilUnixMs - b.untilUnixMs)
    this.#lastSequence = found.at(-1)?.[1].sequence ?? 0
    for (const [file, { version, untilUnixMs }] of found) this.#note(file, { version, untilUnixMs })
  }

  #note(file: string, kept: Kept): void {
    this.#kept.delete(file)
    this.#kept.set(file, kept)
  }

  async #remove(file: string): Promise<void> {
    this.#kept.delete(file)
    await failing('remove', () => rm(join(this.#directory, file), { force: true }))
  }
}

function fileOf(kind: SamplingKind, name: string, version: number): string {
  const escaped = encodeURIComponent(name).replaceAll('.', '%2E')
  return `${kind}.${escaped}.${version % samplingVersionsKept}`
}

function hashOf(parts: readonly Uint8Array[]): string {
  const hash = createHash('sha256')
  for (const part of parts) hash.update(part)
  return hash.digest('hex')
}

function parse(
  bytes: Buffer,
): { readonly header: Header; readonly parts: readonly Uint8Array[] } | undefined {
  const end = bytes.indexOf('\n')
  if (end < 0) return undefined
  const header = headerOf(bytes.toString('utf8', 0, end))
  if (header === undefined) return undefined
  const parts: Uint8Array[] = []
  let at = end + 1
  for (const length of header.lengths) {
    parts.push(bytes.subarray(at, at + length))
    at += length
  }
  return at === bytes.length && hashOf(parts) === header.hash ? { header, parts } : undefined
}

function headerOf(text: string): Header | undefined {
  try {
    const { sequence = 0, version, untilUnixMs, lengths, hash } = JSON.parse(text)
    const isHeader =
      Number.isSafeInteger(sequence) &&
      Number.isSafeInteger(version) &&
      typeof untilUnixMs === 'number' &&
      Array.isArray(lengths) &&
      lengths.every((length) => Number.isSafeInteger(length) && length >= 0) &&
      typeof hash === 'string'
    return isHeader ? { sequence, version, untilUnixMs, lengths, hash } : undefined
  } catch {
    return undefined
  }
}

async function failing<Result>(what: string, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work()
  } catch (cause) {
    const state = cause instanceof Error ? cause.message : String(cause)
    throw new GatewayError('store_unavailable', `Cannot ${what} what sampling keeps: ${state}`, {
      cause,
    })
  }
}
