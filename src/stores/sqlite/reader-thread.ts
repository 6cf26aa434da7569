/** A thread that reads: several jobs in turns, each sending no more than its consumer has room for. */
import { platform, setPriority } from 'node:os'
import type { MessagePort } from 'node:worker_threads'
import { parentPort, workerData } from 'node:worker_threads'
import { closeEach } from '../../errors/close-all.ts'
import { reportOf } from '../failure-report.ts'
import type { JobStep } from './read-jobs.ts'
import { ReadJobs } from './read-jobs.ts'
import { failureOf } from './store-failure.ts'
import type { ReaderAnswer, ReaderRequest, ReadJob, ThreadOptions } from './thread-messages.ts'
import { messagesInFlightMax } from './thread-messages.ts'

/** How long a job works before the others of the thread have a turn. */
const turnMs = 1

class Running {
  readonly id: number
  readonly #port: MessagePort
  readonly #cancelled: Int32Array
  #room = messagesInFlightMax
  #wake: (() => void) | undefined

  constructor(port: MessagePort, id: number, cancelled: Int32Array) {
    this.#port = port
    this.id = id
    this.#cancelled = cancelled
  }

  /** The consumer took a message, or went away. */
  nudge(more: boolean): void {
    if (more) this.#room++
    this.#wake?.()
  }

  async run(jobs: ReadJobs, job: ReadJob): Promise<void> {
    try {
      const onDamaged = (error: Error): void =>
        this.#post({ kind: 'damaged', id: this.id, failure: reportOf(error) })
      let turnEndMs = performance.now() + turnMs
      for (const step of jobs.steps(job, onDamaged)) {
        if (this.#isCancelled()) return
        if (step !== undefined) await this.#send(step)
        else if (performance.now() < turnEndMs) continue
        else await nextTurn()
        if (step?.isLast === true) return
        turnEndMs = performance.now() + turnMs
      }
      this.#post({ kind: 'end', id: this.id })
    } catch (error) {
      const failure = failureOf('Cannot read stored spans', error)
      this.#post({ kind: 'failed', id: this.id, failure: reportOf(failure) })
    }
  }

  async #send({ items, transfer, isLast = false }: NonNullable<JobStep>): Promise<void> {
    while (this.#room === 0 && !this.#isCancelled()) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
    }
    if (this.#isCancelled()) return
    this.#room--
    this.#post({ kind: 'items', id: this.id, items, isLast }, transfer)
    if (!isLast) await nextTurn()
  }

  #isCancelled(): boolean {
    return Atomics.load(this.#cancelled, 0) !== 0
  }

  #post(answer: ReaderAnswer, transfer: readonly ArrayBuffer[] = []): void {
    this.#port.postMessage(answer, transfer)
  }
}

/** Lets messages in and other jobs go on. */
function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve)
  })
}

/** What is taken in must be taken now, an answer may come a little later. Only for this thread. */
function stepBack(): void {
  try {
    setPriority(readerNiceness)
  } catch {
    // Not everywhere; a reader is only quicker then.
  }
}

const readerNiceness = 10

function start(port: MessagePort, options: ThreadOptions): void {
  // Elsewhere a priority is the process's.
  if (platform() === 'linux') stepBack()
  const jobs = new ReadJobs(options.directory)
  const running = new Map<number, Running>()
  const receive = (request: ReaderRequest): void => {
    switch (request.kind) {
      case 'start': {
        const one = new Running(port, request.id, request.cancelled)
        running.set(one.id, one)
        void one.run(jobs, request.job).finally(() => running.delete(one.id))
        return
      }
      case 'more':
      case 'cancel':
        running.get(request.id)?.nudge(request.kind === 'more')
        return
      case 'close':
        closeEach([jobs, port])
        return
    }
  }
  port.on('message', receive)
  port.postMessage({ kind: 'ready' } satisfies ReaderAnswer)
}

if (parentPort !== null) start(parentPort, workerData as ThreadOptions)
