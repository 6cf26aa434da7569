/**
 * The thread that writes: makes rows and blocks of spans and stores them over connections of its own,
 * so that the main thread only receives, admits and answers.
 */

import type { MessagePort } from 'node:worker_threads'
import { parentPort, workerData } from 'node:worker_threads'
import { closeAll } from '../../../errors/close-all.ts'
import { reportOf } from '../../failure-report.ts'
import { claimWrite } from '../../pending-writes.ts'
import { ClusterSession } from '../cluster-session.ts'
import { SpanWriter } from './span-writer.ts'
import type {
  StatementTime,
  WriterAnswer,
  WriterRequest,
  WriterThreadOptions,
} from './writer-messages.ts'

/** Times of statements are told together: one commit has hundreds. */
const tellEveryMs = 250

/** Collects the times of statements for the metrics of the main thread. */
class StatementTimes {
  #times: StatementTime[] = []

  add(): void {}

  record(_name: string, seconds: number, labels: Readonly<Record<string, string>>): void {
    const { statement = '', outcome = '' } = labels
    this.#times.push({ seconds, statement, outcome })
  }

  take(): readonly StatementTime[] {
    const times = this.#times
    this.#times = []
    return times
  }
}

class WriterLoop {
  readonly #port: MessagePort
  readonly #session: ClusterSession
  readonly #writer: SpanWriter
  readonly #times: StatementTimes
  readonly #telling: NodeJS.Timeout

  static async begin(
    port: MessagePort,
    { cluster, ...options }: WriterThreadOptions,
  ): Promise<WriterLoop> {
    const metrics = new StatementTimes()
    const session = await ClusterSession.connect({ ...cluster, metrics }, cluster.address.keyspace)
    return new WriterLoop(port, session, metrics, options)
  }

  private constructor(
    port: MessagePort,
    session: ClusterSession,
    times: StatementTimes,
    options: Omit<WriterThreadOptions, 'cluster'>,
  ) {
    this.#port = port
    this.#session = session
    this.#times = times
    this.#writer = new SpanWriter({
      session,
      ...options,
      onCommitFailed: (error, requestCount) =>
        this.#answer({ kind: 'commit_failed', requestCount, failure: reportOf(error) }),
    })
    this.#telling = setInterval(() => this.#tell(), tellEveryMs)
  }

  receive(request: WriterRequest): void {
    if (request.kind === 'close') void this.#close()
    else if (request.kind === 'cancel') this.#writer.cancel(request.id)
    else void this.#write(request)
  }

  async #write({ id, tenant, batch, state }: Extract<WriterRequest, { kind: 'write' }>) {
    try {
      await this.#writer.write(id, tenant, batch, () => claimWrite(state))
      this.#answer({ kind: 'written', id })
    } catch (error) {
      this.#answer({ kind: 'failed', id, failure: reportOf(error) })
    }
  }

  async #close(): Promise<void> {
    clearInterval(this.#telling)
    await closeAll([
      { writer: () => this.#writer.close() },
      { session: () => this.#session.close() },
      { times: () => this.#tell() },
      { port: () => this.#port.close() },
    ])
  }

  #tell(): void {
    const times = this.#times.take()
    if (times.length > 0) this.#answer({ kind: 'statements', times })
  }

  #answer(answer: WriterAnswer): void {
    this.#port.postMessage(answer)
  }
}

/** A thread that cannot connect ends, and is started again after a pause. */
async function start(port: MessagePort): Promise<void> {
  const loop = await WriterLoop.begin(port, workerData as WriterThreadOptions)
  port.on('message', (request: WriterRequest) => loop.receive(request))
  port.postMessage({ kind: 'ready' } satisfies WriterAnswer)
}

if (parentPort !== null) await start(parentPort)
