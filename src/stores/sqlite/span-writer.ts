import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { closeEach } from '../../errors/close-all.ts'
import { GatewayError } from '../../errors/gateway-error.ts'
import type { SpanWrite } from './file-writer.ts'
import { FileWriter } from './file-writer.ts'
import { createFile } from './open-database.ts'
import type { BlockLimits } from './pending-spans.ts'
import { failureOf } from './store-failure.ts'
import type { StoreFile } from './store-files.ts'
import {
  filesAmong,
  freeSequence,
  hasHour,
  hourEndUnixMs,
  hourOf,
  storeFile,
} from './store-files.ts'

/** How spans are written. */
export interface SpanWriterOptions {
  readonly directory: string
  readonly retentionMs: number
  readonly limits: BlockLimits
  /** A file of this size is followed by another one of the same hour. */
  readonly fileBytesMax: number
  /** A file could not be written for damage of its own; another one takes its place. */
  readonly onFileDamaged: (path: string, error: GatewayError) => void
}

/** Files that are open for writing; late spans and imports bring those of older hours. */
const openMax = 4
/** A file is finished when its hour does not go on, and nothing has come for it, for so long. */
const finishAfterMs = 60_000
/** Memory of pending spans, over all tenants and files. */
const pendingBytesMax = 64 * 1024 * 1024

/**
 * Writes spans into the files of the hours in which they arrived. Does no grouping and knows no
 * threads.
 */
export class SpanWriter {
  readonly #options: SpanWriterOptions
  /** The file that each hour's spans go to; the one written to last is last. */
  readonly #open = new Map<number, FileWriter>()
  /** Files to which nothing is written any more. */
  readonly #finishing: FileWriter[] = []
  /** Files of earlier processes that are not finished. */
  readonly #unfinished: StoreFile[]
  /** Files that were given up, and may not be there any more. */
  readonly #released = new Set<string>()

  /** @param unfinished names of files that may have pending spans, or blocks in no segment */
  constructor(options: SpanWriterOptions, unfinished: readonly string[] = []) {
    this.#options = options
    this.#unfinished = filesAmong(unfinished)
  }

  /** @throws RangeError for a request that belongs into no file */
  check({ batch }: SpanWrite): void {
    if (hasHour(batch.arrivalUnixMs)) return
    throw new RangeError(`Cannot store spans: they arrived at ${batch.arrivalUnixMs} ms`)
  }

  /**
   * Commits requests of one hour in one transaction; durable when it returns, nothing kept when it
   * throws.
   */
  commit(hour: number, writes: readonly SpanWrite[]): void {
    const file = this.#writerOf(hour)
    try {
      file.commit(writes)
    } catch (error) {
      if (!this.#isFaultOfFile(error)) throw error
      // The file is at fault, not the spans: they go into another one.
      this.#abandon(hour, file, error)
      this.#writerOf(hour).commit(writes)
    }
    const current = this.#open.get(hour)
    if (current !== undefined && current.sizeBytes >= this.#options.fileBytesMax) {
      this.#open.delete(hour)
      this.#finishing.push(current)
    }
    this.#boundMemory(hour)
  }

  /**
   * Does one short piece of what can wait until requests are answered.
   *
   * @returns whether there is more to do at once
   */
  step(nowUnixMs: number): boolean {
    for (const writer of [...this.#open.values(), ...this.#finishing]) {
      if (!writer.isCheckpointDue) continue
      writer.checkpoint()
      return true
    }
    for (const writer of this.#open.values()) if (writer.step()) return true
    this.#finishEnded(nowUnixMs)
    return this.#finishSome() || this.#openUnfinished(nowUnixMs)
  }

  /** Gives files up, without another word to them: they are about to be removed. */
  release(names: readonly string[]): void {
    for (const name of names) this.#released.add(name)
    for (const [hour, writer] of this.#open) {
      if (!this.#released.has(writer.file.name)) continue
      this.#open.delete(hour)
      writer.abandon()
    }
    for (const writer of [...this.#finishing]) {
      if (!this.#released.has(writer.file.name)) continue
      this.#finishing.splice(this.#finishing.indexOf(writer), 1)
      writer.abandon()
    }
  }

  /** Copies the logs into the files and closes all connections. */
  close(): void {
    const writers = [...this.#open.values(), ...this.#finishing]
    this.#open.clear()
    this.#finishing.length = 0
    closeEach(writers)
  }

  #writerOf(hour: number): FileWriter {
    const open = this.#open.get(hour)
    if (open !== undefined) {
      this.#open.delete(hour)
      this.#open.set(hour, open)
      return open
    }
    for (const [oldest, writer] of this.#open) {
      if (this.#open.size < openMax) break
      this.#open.delete(oldest)
      this.#finishing.push(writer)
    }
    const writer = this.#takeBack(hour) ?? this.#openNewest(hour)
    this.#open.set(hour, writer)
    // What is being finished is closed before many more are opened.
    while (this.#finishing.length > openMax) this.#finishSome()
    return writer
  }

  /** A file of the hour that is being finished and has room. */
  #takeBack(hour: number): FileWriter | undefined {
    const at = this.#finishing.findIndex(
      ({ file, sizeBytes }) => file.hour === hour && sizeBytes < this.#options.fileBytesMax,
    )
    return at < 0 ? undefined : this.#finishing.splice(at, 1)[0]
  }

  /** The newest file of the hour that has room, or a new one. */
  #openNewest(hour: number): FileWriter {
    const { directory, fileBytesMax } = this.#options
    const names = readdirSync(directory)
    const newest = filesAmong(names)
      .filter((file) => file.hour === hour && !this.#released.has(file.name))
      .at(-1)
    if (newest !== undefined && !this.#isFinishing(newest)) {
      const path = join(directory, newest.name)
      if (statSync(path).size < fileBytesMax) {
        try {
          return this.#openFile(newest)
        } catch (error) {
          const failure = failureOf('Cannot open store file', error)
          if (!this.#isFaultOfFile(failure)) throw error
          this.#released.add(newest.name)
          this.#options.onFileDamaged(path, failure)
        }
      }
    }
    return this.#openFile(createNext(directory, hour))
  }

  #openFile(file: StoreFile): FileWriter {
    const { directory, retentionMs, limits } = this.#options
    return new FileWriter({ file, path: join(directory, file.name), retentionMs, limits })
  }

  #isFinishing({ name }: StoreFile): boolean {
    return this.#finishing.some(({ file }) => file.name === name)
  }

  #isFaultOfFile(error: unknown): error is GatewayError {
    const failure = failureOf('Cannot store spans', error)
    return failure instanceof GatewayError && failure.code === 'store_corrupt'
  }

  #abandon(hour: number, writer: FileWriter, error: unknown): void {
    this.#open.delete(hour)
    this.#released.add(writer.file.name)
    writer.abandon()
    const failure = failureOf('Cannot store spans', error)
    if (failure instanceof GatewayError) this.#options.onFileDamaged(writer.path, failure)
  }

  #finishSome(): boolean {
    const [writer] = this.#finishing
    if (writer === undefined) return false
    if (!this.#attempt(writer, () => writer.finishStep())) this.#finished(writer)
    return true
  }

  #finishEnded(nowUnixMs: number): void {
    for (const [hour, writer] of this.#open) {
      if (isGoingOn(hour, nowUnixMs)) continue
      if (performance.now() - writer.lastCommitMs < finishAfterMs) continue
      this.#open.delete(hour)
      this.#finishing.push(writer)
    }
  }

  /** @returns false when there is nothing to be done any more, for whatever reason */
  #attempt(writer: FileWriter, work: () => boolean): boolean {
    try {
      return work()
    } catch (error) {
      // It stays as it is, readable; the next start tries again.
      if (this.#isFaultOfFile(error)) {
        const failure = failureOf('Cannot finish store file', error) as GatewayError
        this.#options.onFileDamaged(writer.path, failure)
      }
      return false
    }
  }

  #finished(writer: FileWriter): void {
    const at = this.#finishing.indexOf(writer)
    if (at >= 0) this.#finishing.splice(at, 1)
    writer.close()
  }

  /** A file of the hour that goes on is left to the spans that come. */
  #openUnfinished(nowUnixMs: number): boolean {
    const at = this.#unfinished.findIndex(({ hour }) => !isGoingOn(hour, nowUnixMs))
    if (at < 0) return false
    const [file] = this.#unfinished.splice(at, 1)
    const isOpen = [...this.#open.values()].some((writer) => writer.file.name === file?.name)
    if (file === undefined || isOpen || this.#released.has(file.name)) return true
    try {
      this.#finishing.push(this.#openFile(file))
    } catch {
      // Its reader says what is wrong with it.
    }
    return true
  }

  #boundMemory(hour: number): void {
    let size = 0
    for (const writer of this.#open.values()) size += writer.pendingBytes
    for (const [other, writer] of this.#open) {
      if (size <= pendingBytesMax) return
      if (other === hour && this.#open.size > 1) continue
      const before = writer.pendingBytes
      writer.releaseMemory(Math.max(0, pendingBytesMax / 2 - (size - before)))
      size -= before - writer.pendingBytes
    }
  }
}

/** An hour that lies ahead is over as well: a clock was wrong, and has come back. */
function isGoingOn(hour: number, nowUnixMs: number): boolean {
  return hour <= hourOf(nowUnixMs) && hourEndUnixMs({ hour }) + finishAfterMs > nowUnixMs
}

/** Makes the next file of an hour. */
function createNext(directory: string, hour: number): StoreFile {
  for (let attempt = 0; ; attempt++) {
    const file = storeFile(hour, freeSequence(readdirSync(directory), hour))
    try {
      createFile(join(directory, file.name))
      return file
    } catch (error) {
      // A restored file may have taken the number meanwhile.
      const isTaken = error instanceof Error && 'code' in error && error.code === 'EEXIST'
      if (!isTaken || attempt === createAttempts) throw error
    }
  }
}

const createAttempts = 3

/** The hour of the file that a request goes to. */
export function hourOfWrite({ batch }: SpanWrite): number {
  return hourOf(batch.arrivalUnixMs)
}
