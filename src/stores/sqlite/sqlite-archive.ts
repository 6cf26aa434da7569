import type { ArchivedTraceId, ArchiveRow, ArchiveRows } from '../archive/archive-rows.ts'
import { cancelledBy } from '../cancelled.ts'
import { checkOpen, storeClosed } from '../check-open.ts'
import { errorOfReport } from '../failure-report.ts'
import { onAbort } from '../on-abort.ts'
import type { StoreEvent } from '../store-event.ts'
import { StoreThread } from '../store-thread.ts'
import { hasArchive } from './archive-file.ts'
import type { ArchiveAnswer, ArchiveRequest, ArchiveThreadOptions } from './archive-messages.ts'

interface Pending {
  readonly resolve: (rows: readonly ArchiveRow[]) => void
  readonly reject: (error: Error) => void
}

/**
 * Rows of an archive in a file of its own beside those of the spans (archive-file.ts). Its thread is
 * started by the first call that needs it: few stores have an archive, and it is rarely asked.
 */
export class SqliteArchive implements ArchiveRows {
  readonly #directory: string
  readonly #thread: StoreThread<ArchiveRequest, ArchiveAnswer>
  readonly #pending = new Map<number, Pending>()
  #lastId = 0
  #started: Promise<void> | undefined
  #closed = false

  constructor(options: ArchiveThreadOptions, onEvent: (event: StoreEvent) => void) {
    this.#directory = options.directory
    this.#thread = new StoreThread({
      kind: 'archive',
      name: 'sqlite archive',
      url: new URL('./archive-thread.js', import.meta.url),
      workerData: options,
      onAnswer: (answer) => this.#receive(answer),
      onStopped: (error) => this.#failAll(error),
      onEvent,
    })
  }

  async put(
    trace: ArchivedTraceId,
    rows: readonly ArchiveRow[],
    signal: AbortSignal,
  ): Promise<void> {
    await this.#ask((id) => ({ kind: 'put', id, trace, rows }), signal)
  }

  async *rows(trace: ArchivedTraceId, signal: AbortSignal): AsyncGenerator<Uint8Array> {
    this.#checkUsable(signal)
    if (this.#started === undefined && !hasArchive(this.#directory)) return
    let after = new Uint8Array()
    for (;;) {
      const behind = after
      const rows = await this.#ask((id) => ({ kind: 'list', id, trace, after: behind }), signal)
      for (const { bytes } of rows) {
        yield bytes
        this.#checkUsable(signal)
      }
      const last = rows.at(-1)
      if (last === undefined) return
      after = Uint8Array.from(last.key)
    }
  }

  /** Finishes what was asked for and ends the thread. Safe to call twice. */
  async close(): Promise<void> {
    this.#closed = true
    await this.#started?.catch(() => {})
    await this.#thread.close({ kind: 'close' })
    this.#failAll(storeClosed())
  }

  async #ask(
    requestOf: (id: number) => ArchiveRequest,
    signal: AbortSignal,
  ): Promise<readonly ArchiveRow[]> {
    this.#checkUsable(signal)
    this.#started ??= this.#thread.start().catch((error: unknown) => {
      // The next call tries again.
      this.#started = undefined
      throw error
    })
    await this.#started
    this.#checkUsable(signal)
    if (!this.#thread.ready) throw this.#thread.unavailable()
    const id = ++this.#lastId
    return new Promise((resolve, reject) => {
      const settle = onAbort(signal, () => {
        this.#pending.delete(id)
        reject(cancelledBy(signal))
      })
      this.#pending.set(id, {
        resolve: (rows) => {
          settle()
          resolve(rows)
        },
        reject: (error) => {
          settle()
          reject(error)
        },
      })
      this.#thread.post(requestOf(id))
    })
  }

  #receive(answer: Exclude<ArchiveAnswer, { kind: 'ready' }>): void {
    const pending = this.#take(answer.id)
    if (answer.kind === 'done') pending?.resolve(answer.rows)
    else pending?.reject(errorOfReport(answer.failure))
  }

  #failAll(error: Error): void {
    for (const id of [...this.#pending.keys()]) this.#take(id)?.reject(error)
  }

  #take(id: number): Pending | undefined {
    const pending = this.#pending.get(id)
    this.#pending.delete(id)
    return pending
  }

  #checkUsable(signal: AbortSignal): void {
    checkOpen(this.#closed, signal)
  }
}
