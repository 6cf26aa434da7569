import { Worker } from 'node:worker_threads'
import type { Logger } from 'pino'
import { buffersOfViews } from '../../bridge/model/batch-buffers.ts'
import type { Decoded } from '../../bridge/model/decoded.ts'
import { GatewayError } from '../errors/gateway-error.ts'
import type { Pieces } from '../transport/message-collector.ts'
import type { DecodeAnswer, DecodeRequest, RequestFormat } from './decode-messages.ts'
import { errorOf } from './decode-messages.ts'

/** What a `DecodeThread` is made of. */
export interface DecodeThreadOptions {
  readonly logger: Logger
  /** What the thread runs; tests have others. */
  readonly url?: URL
  /** What a client is told to wait when the thread has stopped; 1 s by default. */
  readonly retryAfterMs?: number
}

/** A request to decode. Its pieces are gone from this thread once they are under way. */
export interface DecodeJob {
  readonly format: RequestFormat
  readonly pieces: Pieces
  readonly arrivalUnixMs: number
  /** Ends the wait for the thread, and the work at the next span. */
  readonly signal: AbortSignal
}

interface Waiting {
  readonly job: DecodeJob
  readonly resolve: (decoded: Decoded) => void
  readonly reject: (error: unknown) => void
  readonly cancel: () => void
  /** Tells the thread that nobody waits. */
  readonly cancelled: Int32Array
}

/** One that is decoded and one that is ready for when it is done. */
const underWayMax = 2

/**
 * Decodes large requests on a thread of their own, so that the main thread goes on receiving.
 *
 * The thread starts with the first request, and again with the next one after it has died; then the
 * requests that it had get 'overloaded'. What waits for it has no maximum of its own: the bytes of
 * each request stay counted as in flight. While it puts a request together it holds its bytes twice.
 */
export class DecodeThread {
  readonly #options: DecodeThreadOptions
  readonly #queue = new Set<Waiting>()
  readonly #underWay = new Map<number, Waiting>()
  #worker: Worker | undefined
  #ended: Promise<unknown> = Promise.resolve()
  #nextId = 0
  #closed = false

  constructor(options: DecodeThreadOptions) {
    this.#options = options
  }

  /**
   * @throws WireError as decoding here would; GatewayError 'overloaded' when the thread has stopped,
   * the signal's reason when it aborts
   */
  decode(job: DecodeJob): Promise<Decoded> {
    return new Promise((resolve, reject) => {
      if (this.#closed) throw this.#stopped(new Error('the gateway is closing'))
      job.signal.throwIfAborted()
      const cancelled = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT))
      const cancel = () => {
        Atomics.store(cancelled, 0, 1)
        if (this.#queue.delete(waiting)) reject(job.signal.reason)
      }
      const waiting: Waiting = { job, resolve, reject, cancel, cancelled }
      job.signal.addEventListener('abort', cancel, { once: true })
      this.#queue.add(waiting)
      this.#fill()
    })
  }

  /** Ends the thread and fails what it has not done. Safe to call twice and without any request. */
  async close(): Promise<void> {
    this.#closed = true
    const error = this.#stopped(new Error('the gateway is closing'))
    for (const waiting of [...this.#queue, ...this.#underWay.values()]) waiting.reject(error)
    this.#queue.clear()
    this.#underWay.clear()
    await this.#worker?.terminate()
    await this.#ended
  }

  #fill(): void {
    for (const waiting of this.#queue) {
      if (this.#underWay.size >= underWayMax) return
      this.#queue.delete(waiting)
      const id = this.#nextId++
      this.#underWay.set(id, waiting)
      const { format, arrivalUnixMs, pieces } = waiting.job
      const own = pieces.map(ownPiece)
      const { cancelled } = waiting
      const request: DecodeRequest = { id, format, arrivalUnixMs, pieces: own, cancelled }
      const worker = this.#thread()
      worker.ref()
      worker.postMessage(request, buffersOfViews(own))
    }
  }

  #thread(): Worker {
    if (this.#worker !== undefined) return this.#worker
    // A loader of the main thread, as test runners have, is nothing for this one.
    const url = this.#options.url ?? new URL('./decode-worker.js', import.meta.url)
    const worker = new Worker(url, { execArgv: [], name: 'decode' })
    this.#worker = worker
    let failure: unknown
    worker.on('error', (error: unknown) => {
      failure = error
    })
    worker.on('message', (answer: DecodeAnswer) => this.#answer(answer))
    this.#ended = new Promise((resolve) => {
      worker.once('exit', (code) => {
        this.#exited(failure ?? new Error(`exit code ${code}`))
        resolve(code)
      })
    })
    return worker
  }

  #answer(answer: DecodeAnswer): void {
    const waiting = this.#underWay.get(answer.id)
    this.#underWay.delete(answer.id)
    waiting?.job.signal.removeEventListener('abort', waiting.cancel)
    if (answer.kind === 'decoded') waiting?.resolve(answer.decoded)
    else if (answer.failure.kind === 'cancelled') waiting?.reject(waiting.job.signal.reason)
    else waiting?.reject(errorOf(answer.failure))
    this.#fill()
    // An idle thread keeps no process alive.
    if (this.#underWay.size === 0) this.#worker?.unref()
  }

  #exited(cause: unknown): void {
    this.#worker = undefined
    if (this.#closed) return
    const lost = [...this.#underWay.values()]
    this.#underWay.clear()
    const error = this.#stopped(cause)
    this.#options.logger.error({ err: cause, requests: lost.length }, 'decoding thread stopped')
    for (const { reject } of lost) reject(error)
    this.#fill()
  }

  #stopped(cause: unknown): GatewayError {
    const state = cause instanceof Error ? cause.message : String(cause)
    return new GatewayError(
      'overloaded',
      `Cannot decode request: the decoding thread has stopped (${state})`,
      { cause, retryAfterMs: this.#options.retryAfterMs ?? 1000 },
    )
  }
}

/** A short piece may lie in a buffer that others use too. */
function ownPiece(piece: Buffer): Uint8Array {
  const isOwn = piece.byteLength === piece.buffer.byteLength || piece.byteLength >= ownBytesMin
  return isOwn ? piece : new Uint8Array(piece)
}

/** Buffer's own pool serves shorter ones. */
const ownBytesMin = Buffer.poolSize >>> 1
