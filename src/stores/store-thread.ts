import { Worker } from 'node:worker_threads'
import { GatewayError } from '../errors/gateway-error.ts'
import type { StoreEvent, StoreThread as ThreadKind } from './store-event.ts'

/** How to run a thread of the store. */
export interface StoreThreadOptions<Answer> {
  readonly kind: ThreadKind
  /** How it is called in the lists of threads. */
  readonly name: string
  /** The compiled file. */
  readonly url: URL
  readonly workerData: unknown
  readonly onAnswer: (answer: Exclude<Answer, { kind: 'ready' }>) => void
  /** The thread ended on its own: nothing that it was asked will be answered. */
  readonly onStopped: (error: GatewayError) => void
  readonly onEvent: (event: StoreEvent) => void
}

const restartMsMin = 500
const restartMsMax = 30_000
/** A thread that has run for so long is well again: its next restart is quick. */
const wellAfterMs = 60_000
/** A thread that closes longer than this is ended. */
const closeMsMax = 30_000

/** A worker thread that is started again, after a growing pause, when it ends on its own. */
export class StoreThread<Request, Answer extends { readonly kind: string }> {
  readonly #options: StoreThreadOptions<Answer>
  #worker: Worker | undefined
  #ready = false
  #closing = false
  #restartMs = restartMsMin
  /** When it became ready last. */
  #readyAtMs = 0
  #timer: NodeJS.Timeout | undefined

  constructor(options: StoreThreadOptions<Answer>) {
    this.#options = options
  }

  /** Resolves when the thread can work; rejects when it ended before. */
  async start(): Promise<void> {
    // A loader of the main thread, as test runners have, is nothing for this one.
    const worker = new Worker(this.#options.url, {
      workerData: this.#options.workerData,
      execArgv: [],
      name: this.#options.name,
    })
    this.#worker = worker
    let failure: unknown
    worker.on('error', (error: unknown) => {
      failure = error
    })
    await new Promise<void>((resolve, reject) => {
      worker.on('message', (answer: Answer) => {
        if (answer.kind === 'ready') {
          this.#ready = true
          this.#readyAtMs = performance.now()
          resolve()
        } else this.#options.onAnswer(answer as Exclude<Answer, { kind: 'ready' }>)
      })
      worker.once('exit', (code) => {
        const wasReady = this.#ready
        this.#ready = false
        this.#worker = undefined
        const stopped = this.#stopped(failure ?? new Error(`exit code ${code}`))
        if (!wasReady) reject(stopped)
        else if (this.#closing) this.#options.onStopped(stopped)
        else {
          // One that fails to start has not run, however long another one did before it.
          if (performance.now() - this.#readyAtMs > wellAfterMs) this.#restartMs = restartMsMin
          this.#restart(stopped)
        }
      })
    })
  }

  /** True when it can be asked. */
  get ready(): boolean {
    return this.#ready && !this.#closing
  }

  /** Asks the thread. Only when it is ready. */
  post(request: Request, transfer: readonly ArrayBuffer[] = []): void {
    this.#worker?.postMessage(request, transfer)
  }

  /** Sends the last request, and resolves when the thread has ended. Safe to call twice. */
  async close(last: Request): Promise<void> {
    clearTimeout(this.#timer)
    const worker = this.#worker
    if (worker === undefined) {
      this.#closing = true
      return
    }
    const ended = new Promise<void>((resolve) => {
      worker.once('exit', () => resolve())
    })
    if (!this.#closing) worker.postMessage(last)
    this.#closing = true
    const late = setTimeout(() => void worker.terminate(), closeMsMax)
    await ended
    clearTimeout(late)
  }

  /** For a thread that is not ready: why. */
  unavailable(): GatewayError {
    return this.#stopped(new Error('it is being started again'))
  }

  #stopped(cause: unknown): GatewayError {
    const { kind } = this.#options
    const state = cause instanceof Error ? cause.message : String(cause)
    return new GatewayError(
      'store_unavailable',
      `Cannot use store: its ${kind} thread has stopped (${state})`,
      { cause, retryAfterMs: this.#restartMs },
    )
  }

  #restart(error: GatewayError): void {
    const { kind, onEvent, onStopped } = this.#options
    const restartMs = this.#restartMs
    this.#restartMs = Math.min(restartMs * 2, restartMsMax)
    onStopped(error)
    onEvent({ kind: 'thread_stopped', thread: kind, error, restartMs })
    this.#timer = setTimeout(() => {
      this.start().then(
        () => onEvent({ kind: 'thread_restarted', thread: kind }),
        (failure: GatewayError) => {
          if (!this.#closing) this.#restart(failure)
        },
      )
    }, restartMs)
  }
}
