import { setTimeout } from 'node:timers/promises'
import type { CallResult, LoadConnection } from './call-result.ts'
import { LatencyHistogram } from './latency-histogram.ts'
import type { ReadyMessage } from './templates.ts'

/** Where messages come from. */
export interface MessageSource {
  next(): ReadyMessage
}

/** How much is sent, and over what. */
export interface LoadOptions {
  readonly connections: readonly LoadConnection[]
  /** Most calls of each connection at a time. */
  readonly inFlight: number
  /** Spans of each message. */
  readonly batch: number
  /** Spans a second by schedule; 0 sends the next message as soon as one is answered. */
  readonly rate: number
  readonly source: MessageSource
  /** The message as it goes out; by default as it is. */
  readonly transform?: (framed: Buffer) => Buffer
  /** True when nothing more is to be sent. */
  readonly isDone?: () => boolean
  /** Told of each answer. */
  readonly onResult?: (message: ReadyMessage, result: CallResult) => void
}

/** What was answered since the last reset. */
export interface LoadCounts {
  readonly acknowledgedSpans: number
  readonly acknowledgedCalls: number
  /** Calls that were not accepted, by status; with `+RetryInfo` where the answer has it. */
  readonly refusedCalls: Readonly<Record<string, number>>
  readonly seconds: number
}

/** How late a message may be before its turn is noticed; timers are no more exact than this. */
const tickMs = 1

/**
 * Sends messages until it is stopped. By schedule (open loop), a latency counts from the moment the
 * message was due, also when no connection had room for it then; otherwise from its sending.
 */
export class LoadRun {
  /** Of acknowledged calls. */
  readonly latency = new LatencyHistogram()
  readonly #options: LoadOptions
  readonly #startMs = performance.now()
  #resetMs = this.#startMs
  #acknowledgedSpans = 0
  #acknowledgedCalls = 0
  #refused = new Map<string, number>()
  #stopped = false
  #sentCalls = 0
  #timer: NodeJS.Timeout | undefined

  constructor(options: LoadOptions) {
    this.#options = options
    if (options.rate > 0) this.#timer = setInterval(() => this.#sendDue(), tickMs)
    else this.#fill()
  }

  /** Calls that have not been answered. */
  get inFlight(): number {
    return this.#options.connections.reduce((sum, { inFlight }) => sum + inFlight, 0)
  }

  /** Messages whose time has come and that no connection had room for. */
  get overdueCalls(): number {
    return this.#options.rate > 0 ? Math.max(0, this.#dueCalls() - this.#sentCalls) : 0
  }

  /** Starts counting anew, as after a warm-up. */
  reset(): void {
    this.latency.reset()
    this.#acknowledgedSpans = 0
    this.#acknowledgedCalls = 0
    this.#refused = new Map()
    this.#resetMs = performance.now()
  }

  /** What was counted until now. */
  counts(): LoadCounts {
    return {
      acknowledgedSpans: this.#acknowledgedSpans,
      acknowledgedCalls: this.#acknowledgedCalls,
      refusedCalls: Object.fromEntries(this.#refused),
      seconds: (performance.now() - this.#resetMs) / 1000,
    }
  }

  /** Sends nothing more and waits for the answers, at most `waitMs`. */
  async stop(waitMs = 30_000): Promise<void> {
    this.#stopped = true
    clearInterval(this.#timer)
    const endMs = performance.now() + waitMs
    while (this.inFlight > 0 && performance.now() < endMs) await setTimeout(10)
  }

  #isDone(): boolean {
    return this.#stopped || this.#options.isDone?.() === true
  }

  #fill(): void {
    for (const connection of this.#options.connections) {
      for (let call = 0; call < this.#options.inFlight && !this.#isDone(); call++) {
        this.#send(connection, performance.now())
      }
    }
  }

  #dueCalls(): number {
    const { rate, batch } = this.#options
    return Math.floor((((performance.now() - this.#startMs) / 1000) * rate) / batch) + 1
  }

  #sendDue(): void {
    const { rate, batch } = this.#options
    const due = this.#dueCalls()
    while (this.#sentCalls < due && !this.#isDone()) {
      const connection = this.#leastBusy()
      if (connection === undefined) return
      this.#send(connection, this.#startMs + (this.#sentCalls * batch * 1000) / rate)
    }
  }

  #leastBusy(): LoadConnection | undefined {
    let best: LoadConnection | undefined
    for (const connection of this.#options.connections) {
      if (connection.inFlight >= this.#options.inFlight) continue
      if (best === undefined || connection.inFlight < best.inFlight) best = connection
    }
    return best
  }

  #send(connection: LoadConnection, fromMs: number): void {
    const { source, transform, onResult } = this.#options
    const message = source.next()
    this.#sentCalls++
    connection.send(transform?.(message.framed) ?? message.framed, (result) => {
      this.#count(message, result, fromMs)
      onResult?.(message, result)
      if (this.#isDone()) return
      if (this.#options.rate > 0) this.#sendDue()
      else if (result.status !== 'connection') this.#send(connection, performance.now())
    })
  }

  #count(message: ReadyMessage, result: CallResult, fromMs: number): void {
    if (result.isOk) {
      this.#acknowledgedSpans += message.spanCount
      this.#acknowledgedCalls++
      this.latency.record(performance.now() - fromMs)
      return
    }
    const key = result.hasRetryInfo ? `${result.status}+RetryInfo` : result.status
    this.#refused.set(key, (this.#refused.get(key) ?? 0) + 1)
  }
}
