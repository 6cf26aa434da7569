import { once } from 'node:events'
import { Worker } from 'node:worker_threads'

/** What is sent, whither and how fast. */
export interface PacedDatagramsOptions {
  readonly host: string
  readonly port: number
  /** Spans a second. */
  readonly rate: number
  /** Spans of each datagram. */
  readonly batch: number
  readonly spanBytes: number
  readonly seed: number
}

/** What was sent since the last start. */
export interface SentDatagrams {
  readonly datagrams: number
  readonly spans: number
  /** Datagrams that left over a millisecond after their time. */
  readonly late: number
  readonly seconds: number
}

/** Places of the numbers that both threads see. */
export const SharedCount = { running: 0, datagrams: 1, late: 2, paused: 3 } as const

/** What the thread is told. */
export interface PacedDatagramsData extends PacedDatagramsOptions {
  readonly counts: SharedArrayBuffer
}

/**
 * Sends datagrams of Jaeger's agent protocol, compact, one by one at even distances, by a thread of
 * its own that sleeps in between: a timer of Node would send those of a millisecond at once.
 */
export class PacedDatagrams {
  readonly #options: PacedDatagramsOptions
  readonly #worker: Worker
  readonly #counts: Int32Array
  #startMs = 0

  private constructor(options: PacedDatagramsOptions, worker: Worker, counts: Int32Array) {
    this.#options = options
    this.#worker = worker
    this.#counts = counts
  }

  /** Starts the thread, which encodes its messages before this resolves; nothing is sent yet. */
  static async create(options: PacedDatagramsOptions): Promise<PacedDatagrams> {
    const counts = new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT * 4)
    const data: PacedDatagramsData = { ...options, counts }
    const url = new URL('./paced-datagrams-worker.js', import.meta.url)
    const worker = new Worker(url, { workerData: data })
    await once(worker, 'message')
    return new PacedDatagrams(options, worker, new Int32Array(counts))
  }

  /** Begins to send, and to count. */
  start(): void {
    Atomics.store(this.#counts, SharedCount.datagrams, 0)
    Atomics.store(this.#counts, SharedCount.late, 0)
    Atomics.store(this.#counts, SharedCount.paused, 0)
    this.#startMs = performance.now()
    Atomics.store(this.#counts, SharedCount.running, 1)
    Atomics.notify(this.#counts, SharedCount.running)
  }

  /** Pauses; nothing is sent any more once this resolves. */
  async pause(): Promise<SentDatagrams> {
    const seconds = (performance.now() - this.#startMs) / 1000
    Atomics.store(this.#counts, SharedCount.running, 0)
    while (Atomics.load(this.#counts, SharedCount.paused) === 0) {
      await new Promise((resolve) => setTimeout(resolve, 1))
    }
    const datagrams = Atomics.load(this.#counts, SharedCount.datagrams)
    const late = Atomics.load(this.#counts, SharedCount.late)
    return { datagrams, spans: datagrams * this.#options.batch, late, seconds }
  }

  async close(): Promise<void> {
    await this.#worker.terminate()
  }
}
