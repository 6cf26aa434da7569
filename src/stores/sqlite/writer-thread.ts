/**
 * The one thread that writes: groups requests that come within a few milliseconds into one
 * transaction and answers each after it. While a commit syncs, the next group gathers by itself.
 */

import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { MessagePort } from 'node:worker_threads'
import { parentPort, workerData } from 'node:worker_threads'
import { spanCount } from '../../../bridge/model/span-batch.ts'
import { closeEach } from '../../errors/close-all.ts'
import { GatewayError } from '../../errors/gateway-error.ts'
import { reportOf } from '../failure-report.ts'
import { claimWrite } from '../pending-writes.ts'
import type { SpanWrite } from './file-writer.ts'
import { oldFileName } from './format-0.ts'
import { importOldFile } from './import-old.ts'
import { hourOfWrite, SpanWriter } from './span-writer.ts'
import { failureOf } from './store-failure.ts'
import type { WriterAnswer, WriterOptions, WriterRequest } from './thread-messages.ts'

interface Waiting {
  readonly id: number
  readonly write: SpanWrite
  readonly state: Int32Array
}

/** Between two looks for files whose hour has ended. */
const lookMs = 5000

class WriterLoop {
  readonly #port: MessagePort
  readonly #options: WriterOptions
  readonly #writer: SpanWriter
  #waiting: Waiting[] = []
  #waitingSpans = 0
  #closed = false
  #timer: NodeJS.Timeout | undefined
  #isStepping = false
  readonly #looks: NodeJS.Timeout

  constructor(port: MessagePort, options: WriterOptions) {
    this.#port = port
    this.#options = options
    const { directory, retentionMs, blockLimits, fileBytesMax, unfinished } = options
    const onFileDamaged = (path: string, error: GatewayError): void =>
      this.#answer({ kind: 'file_damaged', path, failure: reportOf(error) })
    this.#writer = new SpanWriter(
      { directory, retentionMs, limits: blockLimits, fileBytesMax, onFileDamaged },
      unfinished,
    )
    // A thread that is started again finds it gone.
    if (options.hasOldFile && existsSync(join(directory, oldFileName))) {
      const result = importOldFile(directory, this.#writer, {
        onProgress: (progress) => this.#answer({ kind: 'importing', ...progress }),
      })
      this.#answer({ kind: 'imported', ...result })
    }
    this.#looks = setInterval(() => this.#step(), lookMs)
    this.#step()
  }

  receive(request: WriterRequest): void {
    switch (request.kind) {
      case 'write':
        this.#prepare(request)
        return
      case 'release':
        this.#release(request)
        return
      case 'close':
        this.#close()
        return
    }
  }

  /** A request that cannot be prepared fails alone, before it is in a group. */
  #prepare(request: Extract<WriterRequest, { kind: 'write' }>): void {
    const { id, tenant, batch, state } = request
    const write = { tenant, batch }
    try {
      this.#writer.check(write)
    } catch (error) {
      this.#answer({ kind: 'failed', ids: [id], failure: reportOf(error) })
      return
    }
    this.#waiting.push({ id, write, state })
    this.#waitingSpans += spanCount(batch)
    if (this.#waitingSpans >= this.#options.groupSpansMax) this.#commit()
    else this.#timer ??= setTimeout(() => this.#commit(), this.#options.groupWaitMs)
  }

  /** One transaction for all that wait; where one of them is at fault, each has its own. */
  #commit(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    const group = this.#waiting.filter(({ state }) => claimWrite(state))
    this.#waiting = []
    this.#waitingSpans = 0
    const byHour = new Map<number, Waiting[]>()
    for (const one of group) {
      const hour = hourOfWrite(one.write)
      const others = byHour.get(hour)
      if (others === undefined) byHour.set(hour, [one])
      else others.push(one)
    }
    for (const [hour, some] of byHour) this.#commitGroup(hour, some)
    if (group.length > 0) this.#step()
  }

  #commitGroup(hour: number, group: readonly Waiting[]): void {
    const ids = group.map(({ id }) => id)
    try {
      this.#writer.commit(
        hour,
        group.map(({ write }) => write),
      )
      this.#answer({ kind: 'written', ids })
    } catch (error) {
      const failure = failureOf('Cannot store spans', error)
      if (group.length > 1 && !(failure instanceof GatewayError)) {
        for (const one of group) this.#commitGroup(hour, [one])
        return
      }
      this.#answer({ kind: 'failed', ids, failure: reportOf(failure) })
    }
  }

  /** What can wait is done piece by piece, and requests come between any two. */
  #step(): void {
    if (this.#isStepping || this.#closed) return
    this.#isStepping = true
    setImmediate(() => {
      this.#isStepping = false
      if (this.#closed) return
      try {
        if (this.#writer.step(Date.now())) this.#step()
      } catch {
        // A full disk, mostly: commits say so, and the next one tries this again.
      }
    })
  }

  #release({ id, names }: Extract<WriterRequest, { kind: 'release' }>): void {
    try {
      this.#writer.release(names)
      this.#answer({ kind: 'released', id })
    } catch (error) {
      const failure = failureOf('Cannot remove store files', error)
      this.#answer({ kind: 'release_failed', id, failure: reportOf(failure) })
    }
  }

  #close(): void {
    clearInterval(this.#looks)
    this.#commit()
    this.#closed = true
    closeEach([this.#writer, this.#port])
  }

  #answer(answer: WriterAnswer): void {
    this.#port.postMessage(answer)
  }
}

function start(port: MessagePort): void {
  const loop = new WriterLoop(port, workerData as WriterOptions)
  port.on('message', (request: WriterRequest) => loop.receive(request))
  port.postMessage({ kind: 'ready' } satisfies WriterAnswer)
}

if (parentPort !== null) start(parentPort)
