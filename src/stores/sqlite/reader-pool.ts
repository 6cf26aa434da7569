import { GatewayError } from '../../errors/gateway-error.ts'
import { cancelledBy } from '../cancelled.ts'
import { storeClosed } from '../check-open.ts'
import { errorOfReport } from '../failure-report.ts'
import { onAbort } from '../on-abort.ts'
import type { StoreEvent } from '../store-event.ts'
import { StoreThread } from '../store-thread.ts'
import type { ReadState } from './read-call.ts'
import { ReadCall } from './read-call.ts'
import type { ReaderAnswer, ReaderRequest, ReadJob, ThreadOptions } from './thread-messages.ts'

/** Jobs that one thread takes turns with; more wait. */
const workingMax = 32
/** Jobs of one thread whose consumers take nothing: they cost no time, and up to 2 MiB of memory each. */
const idleMax = 64
/** What a refused job's client is told to wait. */
const retryAfterMs = 1000

/** Reading threads; each job goes to the one with the fewest. */
export class ReaderPool {
  readonly #readers: readonly Reader[]
  readonly #waiting = new Set<() => void>()
  readonly #waitingMax: number
  readonly #onEvent: (event: StoreEvent) => void
  #closed = false

  /** @param options `waitingMax`: jobs that may wait for a thread; one more is refused */
  constructor(
    options: ThreadOptions & { readonly readers: number; readonly waitingMax: number },
    onEvent: (event: StoreEvent) => void,
  ) {
    const { directory } = options
    this.#waitingMax = options.waitingMax
    this.#onEvent = onEvent
    const onFreed = (): void => this.#wakeOne()
    this.#readers = Array.from(
      { length: options.readers },
      () => new Reader(directory, onEvent, onFreed),
    )
  }

  /** Resolves when all threads can read. */
  async start(): Promise<void> {
    await Promise.all(this.#readers.map((reader) => reader.start()))
  }

  /**
   * What the job gives, as fast as the consumer takes it: a thread is at most
   * `messagesInFlightMax` messages ahead. Ending the loop early stops the job.
   */
  async *stream(job: ReadJob, signal: AbortSignal | undefined): AsyncGenerator<unknown> {
    yield* this.#run(await this.#begin(job, signal), signal)
  }

  /**
   * The same for the store's own upkeep, which must go on whatever others read: it waits for nobody. Its
   * caller asks for one at a time.
   */
  async *streamAtOnce(job: ReadJob): AsyncGenerator<unknown> {
    const reader = this.#idlest()
    yield* this.#run({ reader, call: reader.begin(job) }, undefined)
  }

  async *#run({ reader, call }: Begun, signal: AbortSignal | undefined): AsyncGenerator<unknown> {
    const settle = signal && onAbort(signal, () => call.fail(cancelledBy(signal)))
    try {
      for (;;) {
        const items = await call.next()
        if (items === undefined) return
        for (const item of items) {
          if (signal?.aborted) throw cancelledBy(signal)
          yield item
        }
        call.taken()
        this.#wakeOne()
      }
    } finally {
      settle?.()
      reader.end(call)
      this.#wakeOne()
    }
  }

  /** Resolves when no thread holds a file open that was removed. */
  async refresh(): Promise<void> {
    const job: ReadJob = { op: 'refresh', tenant: '', keptSinceUnixMs: 0 }
    await Promise.all(this.#readers.map((reader) => reader.run(job)))
  }

  /** Ends running jobs with an error, then the threads. */
  async close(): Promise<void> {
    this.#closed = true
    for (const wake of this.#waiting) wake()
    await Promise.all(this.#readers.map((reader) => reader.close()))
  }

  /** Jobs that wait for a thread. */
  get waiting(): number {
    return this.#waiting.size
  }

  /** Jobs whose consumer waits for the thread; others may never be asked for more. */
  get awaited(): number {
    return this.#readers.reduce((sum, reader) => sum + reader.awaited, 0)
  }

  /** Begins the job in the step in which a thread has room, so that no other takes the same room. */
  async #begin(job: ReadJob, signal: AbortSignal | undefined): Promise<Begun> {
    for (;;) {
      if (signal?.aborted) throw cancelledBy(signal)
      const reader = this.#idlest()
      if (reader.isOpen) return { reader, call: reader.begin(job) }
      if (this.#waiting.size >= this.#waitingMax) throw this.#refusal()
      await this.#turn(signal)
    }
  }

  #refusal(): GatewayError {
    const waiting = this.#waiting.size
    this.#onEvent({ kind: 'read_refused', waiting })
    return new GatewayError(
      'overloaded',
      `Cannot read: ${waiting} reads wait already (store.sqlite.max-waiting-reads)`,
      { retryAfterMs },
    )
  }

  /** The thread with the fewest jobs that work, of those that have room if there are any. */
  #idlest(): Reader {
    if (this.#closed) throw storeClosed()
    const ready = this.#readers.filter((reader) => reader.ready)
    const first = ready[0] ?? this.#readers[0]
    if (first === undefined || !first.ready) throw first?.unavailable() ?? storeClosed()
    const open = ready.filter((reader) => reader.isOpen)
    const [one = first, ...others] = open.length > 0 ? open : ready
    return others.reduce((best, reader) => (reader.working < best.working ? reader : best), one)
  }

  #turn(signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        this.#waiting.delete(wake)
        settle?.()
        resolve()
      }
      this.#waiting.add(wake)
      const settle = signal && onAbort(signal, wake)
    })
  }

  #wakeOne(): void {
    for (const wake of this.#waiting) {
      wake()
      return
    }
  }
}

/** A job and the thread that has it. */
interface Begun {
  readonly reader: Reader
  readonly call: ReadCall
}

/** One reading thread and the jobs it has. */
class Reader {
  readonly #thread: StoreThread<ReaderRequest, ReaderAnswer>
  readonly #calls = new Map<number, ReadCall>()
  readonly #onEvent: (event: StoreEvent) => void
  readonly #onFreed: () => void
  #lastId = 0

  /** @param onFreed told when a job works no more, whether its consumer has taken all of it or not */
  constructor(directory: string, onEvent: (event: StoreEvent) => void, onFreed: () => void) {
    this.#onEvent = onEvent
    this.#onFreed = onFreed
    this.#thread = new StoreThread({
      kind: 'reader',
      name: 'sqlite reader',
      url: new URL('./reader-thread.js', import.meta.url),
      workerData: { directory } satisfies ThreadOptions,
      onAnswer: (answer) => this.#receive(answer),
      onStopped: (error) => this.#failAll(error),
      onEvent,
    })
  }

  get ready(): boolean {
    return this.#thread.ready
  }

  /** Jobs that work. */
  get working(): number {
    return this.#count('working')
  }

  /** True when it may have one more job. */
  get isOpen(): boolean {
    return this.working < workingMax && this.#count('waiting') < idleMax
  }

  get awaited(): number {
    let count = 0
    for (const call of this.#calls.values()) if (call.awaited) count++
    return count
  }

  start(): Promise<void> {
    return this.#thread.start()
  }

  unavailable(): GatewayError {
    return this.#thread.unavailable()
  }

  begin(job: ReadJob): ReadCall {
    const id = ++this.#lastId
    const call = new ReadCall(id, (request) => this.#thread.post(request))
    this.#calls.set(id, call)
    this.#thread.post({ kind: 'start', id, job, cancelled: call.cancelled })
    return call
  }

  end(call: ReadCall): void {
    this.#calls.delete(call.id)
    call.cancel()
  }

  /** Runs a job that has no answer; a thread that is not there has nothing to do. */
  async run(job: ReadJob): Promise<void> {
    if (!this.ready) return
    const call = this.begin(job)
    try {
      await call.next()
    } finally {
      this.end(call)
    }
  }

  async close(): Promise<void> {
    this.#failAll(storeClosed())
    await this.#thread.close({ kind: 'close' })
  }

  #count(state: ReadState): number {
    let count = 0
    for (const call of this.#calls.values()) if (call.state === state) count++
    return count
  }

  #receive(answer: Exclude<ReaderAnswer, { kind: 'ready' }>): void {
    const call = this.#calls.get(answer.id)
    switch (answer.kind) {
      case 'items':
        call?.receive(answer.items)
        if (answer.isLast) call?.finish()
        if (call !== undefined && call.state !== 'working') this.#onFreed()
        return
      case 'end':
        call?.finish()
        this.#onFreed()
        return
      case 'damaged':
        this.#onEvent({ kind: 'damaged', error: errorOfReport(answer.failure) })
        return
      case 'failed': {
        const error = errorOfReport(answer.failure)
        if (answer.failure.code === 'store_corrupt') this.#onEvent({ kind: 'damaged', error })
        call?.fail(error)
        return
      }
    }
  }

  #failAll(error: GatewayError): void {
    for (const call of this.#calls.values()) call.fail(error)
  }
}
