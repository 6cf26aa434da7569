import type { Stats } from 'node:fs'
import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { BlockView } from '../../blocks/block-view.ts'
import { closeEach } from '../../errors/close-all.ts'
import { ByteCache } from '../byte-cache.ts'
import { FileConnection } from './file-connection.ts'
import { FileReader, RemovedFile } from './file-reader.ts'
import type { StoreFile } from './store-files.ts'
import { filesAmong, hourEndUnixMs } from './store-files.ts'
import { IndexRoom } from './trace-index.ts'

/** Connections that a thread keeps. */
const connectionsMax = 100
/** Memory for blocks, and for chunks: those of 20 traces, which lie in about two each, and some more. */
const viewBytesMax = 32 * 1024 * 1024
const chunkBytesMax = 12 * 1024 * 1024
/** Memory for what finds traces: those of some 20 million spans. */
const traceBytesMax = 8 * 1024 * 1024

/** File systems note the time of a change in steps, of at most 2 s. */
const settledMs = 4000

interface KnownFile {
  readonly reader: FileReader
  /** What tells the file from another one that has its name later. */
  readonly identity: string
  readonly serial: number
}

function identityOf({ ino, birthtimeMs }: Stats): string {
  return `${ino} ${birthtimeMs}`
}

/** The files of a directory, as they are at each moment: hours come, expire and are restored. */
export class ReaderFiles {
  readonly #directory: string
  readonly #known = new Map<string, KnownFile>()
  /** By number of the file; the one used last is last. */
  readonly #connections = new Map<number, FileConnection>()
  readonly #caches = {
    traces: new IndexRoom(traceBytesMax),
    views: new ByteCache<BlockView>(viewBytesMax),
    chunks: new ByteCache<Uint8Array>(chunkBytesMax),
  }
  #lastSerial = 0
  #listing: { readonly changedNs: bigint; readonly readers: readonly FileReader[] } | undefined

  constructor(directory: string) {
    this.#directory = directory
  }

  /** The files that may have spans which arrived since then, by hour. */
  list(keptSinceUnixMs: number): FileReader[] {
    return this.#all().filter(({ file }) => hourEndUnixMs(file) > keptSinceUnixMs)
  }

  /** All files; those of the last time while no name came to the directory, or went. */
  #all(): readonly FileReader[] {
    const { mtimeNs: changedNs, mtimeMs } = statSync(this.#directory, { bigint: true })
    if (this.#listing?.changedNs === changedNs) return this.#listing.readers
    const files = filesAmong(readdirSync(this.#directory))
    const names = new Set(files.map(({ name }) => name))
    for (const name of this.#known.keys()) if (!names.has(name)) this.#forget(name)
    const readers = files.map((file) => this.#reader(file)).filter((one) => one !== undefined)
    // Another change right after this one could have the same time.
    const isSettled = Date.now() - Number(mtimeMs) > settledMs
    this.#listing = isSettled ? { changedNs, readers } : undefined
    return readers
  }

  /** One file by its name. */
  file(name: string): FileReader | undefined {
    const [file] = filesAmong([name])
    return file && this.#reader(file)
  }

  /** Closes all connections. */
  close(): void {
    const connections = [...this.#connections.values()]
    this.#connections.clear()
    closeEach(connections)
  }

  #reader(file: StoreFile): FileReader | undefined {
    const path = join(this.#directory, file.name)
    const stats = statSync(path, { throwIfNoEntry: false })
    if (stats === undefined) return undefined
    const identity = identityOf(stats)
    const known = this.#known.get(file.name)
    if (known?.identity === identity) return known.reader
    this.#forget(file.name)
    const serial = ++this.#lastSerial
    const connect = (): FileConnection => this.#connect(serial, path, identity)
    const reader = new FileReader({ file, path, serial, caches: this.#caches, connect })
    this.#known.set(file.name, { reader, identity, serial })
    return reader
  }

  /** An open connection would keep the bytes of a removed file on the disk. */
  #forget(name: string): void {
    const known = this.#known.get(name)
    if (known === undefined) return
    const { reader, serial } = known
    this.#known.delete(name)
    reader.forget()
    this.#connections.get(serial)?.close()
    this.#connections.delete(serial)
  }

  #connect(serial: number, path: string, identity: string): FileConnection {
    const open = this.#connections.get(serial)
    if (open !== undefined) {
      this.#connections.delete(serial)
      this.#connections.set(serial, open)
      return open
    }
    for (const [oldest, connection] of this.#connections) {
      if (this.#connections.size < connectionsMax) break
      connection.close()
      this.#connections.delete(oldest)
    }
    const stats = statSync(path, { throwIfNoEntry: false })
    if (stats === undefined || identityOf(stats) !== identity) throw new RemovedFile(path)
    const connection = new FileConnection(path)
    this.#connections.set(serial, connection)
    return connection
  }
}
