import { buffersOf } from '../../../../bridge/model/batch-buffers.ts'
import type { SpanBatch } from '../../../../bridge/model/span-batch.ts'
import type { Metrics } from '../../../telemetry/metrics.ts'
import { storeClosed } from '../../check-open.ts'
import { errorOfReport } from '../../failure-report.ts'
import { ownedBatch } from '../../owned-batch.ts'
import { PendingWrites } from '../../pending-writes.ts'
import type { StoreEvent } from '../../store-event.ts'
import { StoreThread } from '../../store-thread.ts'
import type { WriterAnswer, WriterRequest, WriterThreadOptions } from './writer-messages.ts'

/** How the writing thread is run. */
export interface ThreadedWriterOptions extends WriterThreadOptions {
  readonly metrics?: Pick<Metrics, 'record'> | undefined
  readonly onEvent: (event: StoreEvent) => void
}

/** The writing thread as the main thread sees it: asks, and hands each answer to who waits for it. */
export class ThreadedWriter {
  readonly #options: ThreadedWriterOptions
  readonly #thread: StoreThread<WriterRequest, WriterAnswer>
  readonly #writes = new PendingWrites()

  constructor(options: ThreadedWriterOptions) {
    const { cluster, retentions, requestBytesMax, onEvent } = options
    const { address, connectTimeoutMs, timeoutMs, speculativeAfterMs } = cluster
    const plain = { address, connectTimeoutMs, timeoutMs, speculativeAfterMs }
    this.#options = options
    this.#thread = new StoreThread({
      kind: 'writer',
      name: 'cassandra writer',
      url: new URL('./writer-thread.js', import.meta.url),
      workerData: { cluster: plain, retentions, requestBytesMax } satisfies WriterThreadOptions,
      onAnswer: (answer) => this.#receive(answer),
      onStopped: (error) => this.#writes.failAll(error),
      onEvent,
    })
  }

  /** Resolves when the thread is connected and can write. */
  start(): Promise<void> {
    return this.#thread.start()
  }

  /**
   * Resolves when the spans are stored at the session's consistency. A signal takes the request back
   * as long as its commit has not begun.
   */
  write(tenant: string, batch: SpanBatch, signal: AbortSignal): Promise<void> {
    if (!this.#thread.ready) return Promise.reject(this.#thread.unavailable())
    const owned = ownedBatch(batch, true)
    return this.#writes.ask(
      signal,
      (id, state) => {
        this.#thread.post({ kind: 'write', id, tenant, batch: owned, state }, buffersOf(owned))
      },
      // Whoever counted its bytes does not any more: the thread must not hold them until a commit ends.
      (id) => this.#thread.post({ kind: 'cancel', id }),
    )
  }

  /** Stores what was asked for, makes blocks of all tails, and ends the thread. */
  async close(): Promise<void> {
    await this.#thread.close({ kind: 'close' })
    this.#writes.failAll(storeClosed())
  }

  #receive(answer: Exclude<WriterAnswer, { kind: 'ready' }>): void {
    const { metrics, onEvent } = this.#options
    switch (answer.kind) {
      case 'written':
        this.#writes.done([answer.id])
        return
      case 'failed':
        this.#writes.fail([answer.id], errorOfReport(answer.failure))
        return
      case 'commit_failed': {
        const { requestCount, failure } = answer
        onEvent({ kind: 'commit_failed', error: errorOfReport(failure), requestCount })
        return
      }
      case 'statements':
        for (const { seconds, statement, outcome } of answer.times) {
          metrics?.record('spangate_store_statement_seconds', seconds, { statement, outcome })
        }
        return
    }
  }
}
