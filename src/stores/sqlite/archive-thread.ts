/** The thread that has the archive open. The file is made by the first trace that is archived. */
import type { MessagePort } from 'node:worker_threads'
import { parentPort, workerData } from 'node:worker_threads'
import { closeEach } from '../../errors/close-all.ts'
import type { ArchiveRow } from '../archive/archive-rows.ts'
import { reportOf } from '../failure-report.ts'
import { ArchiveFile, hasArchive } from './archive-file.ts'
import type { ArchiveAnswer, ArchiveRequest, ArchiveThreadOptions } from './archive-messages.ts'
import { failureOf } from './store-failure.ts'

/** Rows of one answer have about so many bytes; so much is held for each reader. */
const answerBytes = 2 * 1024 * 1024

class ArchiveLoop {
  readonly #port: MessagePort
  readonly #options: ArchiveThreadOptions
  #file: ArchiveFile | undefined

  constructor(port: MessagePort, options: ArchiveThreadOptions) {
    this.#port = port
    this.#options = options
  }

  receive(request: ArchiveRequest): void {
    if (request.kind === 'close') {
      closeEach([...(this.#file === undefined ? [] : [this.#file]), this.#port])
      return
    }
    const { id } = request
    try {
      this.#answer({ kind: 'done', id, rows: this.#work(request) })
    } catch (error) {
      const action = request.kind === 'put' ? 'Cannot archive trace' : 'Cannot read archived trace'
      this.#answer({ kind: 'failed', id, failure: reportOf(failureOf(action, error)) })
    }
  }

  #work(request: Exclude<ArchiveRequest, { kind: 'close' }>): readonly ArchiveRow[] {
    const { directory, bytesMax } = this.#options
    if (request.kind === 'put') {
      this.#file ??= ArchiveFile.open(directory)
      this.#file.put(request.trace, request.rows, bytesMax)
      return []
    }
    if (this.#file === undefined && !hasArchive(directory)) return []
    this.#file ??= ArchiveFile.open(directory)
    return this.#file.list(request.trace, request.after, answerBytes)
  }

  #answer(answer: ArchiveAnswer): void {
    this.#port.postMessage(answer)
  }
}

function start(port: MessagePort): void {
  const loop = new ArchiveLoop(port, workerData as ArchiveThreadOptions)
  port.on('message', (request: ArchiveRequest) => loop.receive(request))
  port.postMessage({ kind: 'ready' } satisfies ArchiveAnswer)
}

if (parentPort !== null) start(parentPort)
