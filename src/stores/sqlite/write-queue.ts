import { buffersOf } from '../../../bridge/model/batch-buffers.ts'
import type { SpanBatch } from '../../../bridge/model/span-batch.ts'
import { storeClosed } from '../check-open.ts'
import { errorOfReport } from '../failure-report.ts'
import { ownedBatch } from '../owned-batch.ts'
import { PendingWrites } from '../pending-writes.ts'
import type { StoreEvent } from '../store-event.ts'
import { StoreThread } from '../store-thread.ts'
import type { WriterAnswer, WriterOptions, WriterRequest } from './thread-messages.ts'

/** The writing thread as the main thread sees it: asks, and hands each answer to who waits for it. */
export class WriteQueue {
  readonly #thread: StoreThread<WriterRequest, WriterAnswer>
  readonly #onEvent: (event: StoreEvent) => void
  readonly #writes = new PendingWrites()
  readonly #releases = new PendingWrites()

  constructor(options: WriterOptions, onEvent: (event: StoreEvent) => void) {
    this.#onEvent = onEvent
    this.#thread = new StoreThread({
      kind: 'writer',
      name: 'sqlite writer',
      url: new URL('./writer-thread.js', import.meta.url),
      workerData: options,
      onAnswer: (answer) => this.#receive(answer),
      onStopped: (error) => this.#failAll(error),
      onEvent,
    })
  }

  /** Resolves when the thread can write. */
  start(): Promise<void> {
    return this.#thread.start()
  }

  /**
   * Resolves when the spans are on disk. A signal takes the request back as long as its commit has
   * not begun; from then on the answer is the commit's, some milliseconds later.
   */
  write(tenant: string, batch: SpanBatch, signal: AbortSignal): Promise<void> {
    if (!this.#thread.ready) return Promise.reject(this.#thread.unavailable())
    const owned = ownedBatch(batch, true)
    return this.#writes.ask(signal, (id, state) => {
      this.#thread.post({ kind: 'write', id, tenant, batch: owned, state }, buffersOf(owned))
    })
  }

  /** Resolves when the thread has let go of these files, and will not write to them again. */
  release(names: readonly string[]): Promise<void> {
    if (!this.#thread.ready) return Promise.reject(this.#thread.unavailable())
    return this.#releases.ask(neverAborted, (id) => {
      this.#thread.post({ kind: 'release', id, names })
    })
  }

  /** Commits what was asked for, copies the log into the file and ends the thread. */
  async close(): Promise<void> {
    await this.#thread.close({ kind: 'close' })
    this.#failAll(storeClosed())
  }

  #receive(answer: Exclude<WriterAnswer, { kind: 'ready' }>): void {
    switch (answer.kind) {
      case 'written':
        this.#writes.done(answer.ids)
        return
      case 'released':
        this.#releases.done([answer.id])
        return
      case 'file_damaged': {
        const { path, failure } = answer
        this.#onEvent({ kind: 'file_damaged', path, error: errorOfReport(failure) })
        return
      }
      case 'importing':
      case 'imported':
        this.#onEvent(answer)
        return
      case 'release_failed':
        this.#releases.fail([answer.id], errorOfReport(answer.failure))
        return
      case 'failed': {
        const error = errorOfReport(answer.failure)
        const requestCount = this.#writes.fail(answer.ids, error)
        if (requestCount > 0) this.#onEvent({ kind: 'commit_failed', error, requestCount })
        return
      }
    }
  }

  #failAll(error: Error): void {
    this.#writes.failAll(error)
    this.#releases.failAll(error)
  }
}

const neverAborted = new AbortController().signal
