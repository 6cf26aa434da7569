import { buffersOf } from '../../../bridge/model/batch-buffers.ts'
import type { SpanBatch } from '../../../bridge/model/span-batch.ts'
import { GatewayError } from '../../errors/gateway-error.ts'
import { cancelledBy } from '../cancelled.ts'
import { onAbort } from '../on-abort.ts'
import type { StoreEvent } from './store-event.ts'
import { errorOfReport } from './store-failure.ts'
import { StoreThread } from './store-thread.ts'
import type { WriterAnswer, WriterOptions, WriterRequest } from './thread-messages.ts'
import { ownedBatch, WriteState } from './thread-messages.ts'

interface Pending {
  readonly kind: 'write' | 'release'
  readonly resolve: () => void
  readonly reject: (error: Error) => void
}

/** The writing thread as the main thread sees it: asks, and hands each answer to who waits for it. */
export class WriteQueue {
  readonly #thread: StoreThread<WriterRequest, WriterAnswer>
  readonly #onEvent: (event: StoreEvent) => void
  readonly #pending = new Map<number, Pending>()
  #lastId = 0

  constructor(options: WriterOptions, onEvent: (event: StoreEvent) => void) {
    this.#onEvent = onEvent
    this.#thread = new StoreThread({
      kind: 'writer',
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
    const id = ++this.#lastId
    const state = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT))
    const owned = ownedBatch(batch, true)
    return new Promise((resolve, reject) => {
      const settle = onAbort(signal, () => {
        const { waiting, cancelled } = WriteState
        if (Atomics.compareExchange(state, 0, waiting, cancelled) !== waiting) return
        this.#pending.delete(id)
        reject(cancelledBy(signal))
      })
      this.#pending.set(id, {
        kind: 'write',
        resolve: () => {
          settle()
          resolve()
        },
        reject: (error) => {
          settle()
          reject(error)
        },
      })
      this.#thread.post({ kind: 'write', id, tenant, batch: owned, state }, buffersOf(owned))
    })
  }

  /** Resolves when the thread has let go of these files, and will not write to them again. */
  release(names: readonly string[]): Promise<void> {
    if (!this.#thread.ready) return Promise.reject(this.#thread.unavailable())
    const id = ++this.#lastId
    return new Promise((resolve, reject) => {
      this.#pending.set(id, { kind: 'release', resolve, reject })
      this.#thread.post({ kind: 'release', id, names })
    })
  }

  /** Commits what was asked for, copies the log into the file and ends the thread. */
  async close(): Promise<void> {
    await this.#thread.close({ kind: 'close' })
    this.#failAll(new GatewayError('store_unavailable', 'Cannot use store: it is closed'))
  }

  #receive(answer: Exclude<WriterAnswer, { kind: 'ready' }>): void {
    switch (answer.kind) {
      case 'written':
        for (const id of answer.ids) this.#take(id)?.resolve()
        return
      case 'released':
        this.#take(answer.id)?.resolve()
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
      case 'failed':
        this.#fail(answer.ids, errorOfReport(answer.failure))
        return
    }
  }

  #fail(ids: readonly number[], error: Error): void {
    let requestCount = 0
    for (const id of ids) {
      const pending = this.#take(id)
      if (pending?.kind === 'write') requestCount++
      pending?.reject(error)
    }
    if (requestCount > 0) this.#onEvent({ kind: 'commit_failed', error, requestCount })
  }

  #failAll(error: Error): void {
    for (const id of [...this.#pending.keys()]) this.#take(id)?.reject(error)
  }

  #take(id: number): Pending | undefined {
    const pending = this.#pending.get(id)
    this.#pending.delete(id)
    return pending
  }
}
