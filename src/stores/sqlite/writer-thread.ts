/**
 * The one thread that writes: groups requests that come within a few milliseconds into one
 * transaction and answers each after it. While a commit syncs, the next group gathers by itself.
 */
import type { MessagePort } from 'node:worker_threads'
import { parentPort, workerData } from 'node:worker_threads'
import { GatewayError } from '../../errors/gateway-error.ts'
import { openForWriting } from './open-database.ts'
import type { PreparedWrite } from './span-writer.ts'
import { SpanWriter } from './span-writer.ts'
import { failureOf, reportOf } from './store-failure.ts'
import type { WriterAnswer, WriterOptions, WriterRequest } from './thread-messages.ts'
import { WriteState } from './thread-messages.ts'

interface Waiting {
  readonly id: number
  readonly write: PreparedWrite
  readonly state: Int32Array
}

interface Expiry {
  readonly id: number
  readonly beforeUnixMs: number
  spanCount: number
}

/** Between two steps of expiry, so that commits come first. */
const expiryPauseMs = 5

class WriterLoop {
  readonly #port: MessagePort
  readonly #options: WriterOptions
  readonly #writer: SpanWriter
  #waiting: Waiting[] = []
  #waitingSpans = 0
  #closed = false
  #timer: NodeJS.Timeout | undefined

  constructor(port: MessagePort, options: WriterOptions) {
    this.#port = port
    this.#options = options
    this.#writer = new SpanWriter(openForWriting(options.directory), options.retentionMs)
  }

  receive(request: WriterRequest): void {
    switch (request.kind) {
      case 'write':
        this.#prepare(request)
        return
      case 'expire':
        this.#expire({ id: request.id, beforeUnixMs: request.beforeUnixMs, spanCount: 0 })
        return
      case 'close':
        this.#close()
        return
    }
  }

  /** A request that cannot be prepared fails alone, before it is in a group. */
  #prepare(request: Extract<WriterRequest, { kind: 'write' }>): void {
    try {
      const write = this.#writer.prepare(request.tenant, request.batch)
      this.#waiting.push({ id: request.id, write, state: request.state })
      this.#waitingSpans += write.spanCount
    } catch (error) {
      this.#answer({ kind: 'failed', ids: [request.id], failure: reportOf(error) })
      return
    }
    if (this.#waitingSpans >= this.#options.groupSpansMax) this.#commit()
    else this.#timer ??= setTimeout(() => this.#commit(), this.#options.groupWaitMs)
  }

  /** One transaction for all that wait; where one of them is at fault, each has its own. */
  #commit(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    const group = this.#waiting.filter(({ state }) => claim(state))
    this.#waiting = []
    this.#waitingSpans = 0
    if (group.length > 0) this.#commitGroup(group)
  }

  #commitGroup(group: readonly Waiting[]): void {
    const ids = group.map(({ id }) => id)
    try {
      this.#writer.commit(group.map(({ write }) => write))
      this.#answer({ kind: 'written', ids })
    } catch (error) {
      const failure = failureOf('Cannot store spans', error)
      if (group.length > 1 && !(failure instanceof GatewayError)) {
        for (const one of group) this.#commitGroup([one])
        return
      }
      this.#answer({ kind: 'failed', ids, failure: reportOf(failure) })
    }
  }

  #expire(expiry: Expiry): void {
    if (this.#closed) return
    const { id, beforeUnixMs } = expiry
    try {
      const { spanCount, more } = this.#writer.expireSome(beforeUnixMs)
      expiry.spanCount += spanCount
      if (!more) this.#writer.expireNames(beforeUnixMs)
      if (more || this.#writer.shrinkSome()) {
        setTimeout(() => this.#expire(expiry), expiryPauseMs)
        return
      }
      this.#answer({ kind: 'expired', id, spanCount: expiry.spanCount })
    } catch (error) {
      const failure = failureOf('Cannot remove expired spans', error)
      this.#answer({ kind: 'failed', ids: [id], failure: reportOf(failure) })
    }
  }

  #close(): void {
    this.#commit()
    this.#closed = true
    this.#writer.close()
    this.#port.close()
  }

  #answer(answer: WriterAnswer): void {
    this.#port.postMessage(answer)
  }
}

/** From here on the caller can no longer take the request back. */
function claim(state: Int32Array): boolean {
  const { waiting, committing } = WriteState
  return Atomics.compareExchange(state, 0, waiting, committing) === waiting
}

function start(port: MessagePort): void {
  const loop = new WriterLoop(port, workerData as WriterOptions)
  port.on('message', (request: WriterRequest) => loop.receive(request))
  port.postMessage({ kind: 'ready' } satisfies WriterAnswer)
}

if (parentPort !== null) start(parentPort)
