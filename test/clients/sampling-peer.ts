import type { ChildProcess } from 'node:child_process'
import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import type { PeerName } from './peers.ts'
import { peer } from './peers.ts'

/** How a client that asks what to sample is started. */
export interface SamplingPeerOptions {
  readonly endpoint: string
  readonly service: string
  readonly operations: readonly string[]
  readonly pollMs: number
  /** Where kept spans are sent to; nowhere by default. */
  readonly report?: string
  /** Spans of each operation in a round; 500. */
  readonly made?: number
}

/** How many of so many spans of each operation were kept. */
export interface Round {
  readonly made: number
  readonly kept: Readonly<Record<string, number>>
}

const deadlineMs = 60_000

/** A published client that keeps what a gateway tells it to, and tells what it keeps. */
export class SamplingPeer {
  readonly #child: ChildProcess
  readonly #waiting = new Set<(round: Round) => void>()
  #last: Round | undefined
  #stderr = ''
  #ended = false

  constructor(name: PeerName, options: SamplingPeerOptions) {
    const [program, ...before] = peer(name)
    const args = [
      ...['--endpoint', options.endpoint, '--service', options.service],
      ...['--operations', options.operations.join(','), '--poll-ms', String(options.pollMs)],
      ...(options.report === undefined ? [] : ['--report', options.report]),
      ...(options.made === undefined ? [] : ['--made', String(options.made)]),
    ]
    this.#child = spawn(program, [...before, ...args], { stdio: ['pipe', 'pipe', 'pipe'] })
    this.#child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#stderr += text
    })
    this.#child.once('close', () => {
      this.#ended = true
    })
    // A test that dies closes the input with it, and so ends the program.
    if (this.#child.stdout === null) throw new Error('the peer has no output')
    createInterface({ input: this.#child.stdout }).on('line', (line) => {
      this.#last = JSON.parse(line) as Round
      for (const take of this.#waiting) take(this.#last)
    })
  }

  /** The first round from now on that is so. @throws Error with the last one when none is in a minute */
  async until(isSo: (round: Round) => boolean): Promise<Round> {
    return await new Promise((resolve, reject) => {
      const take = (round: Round): void => {
        if (!isSo(round)) return
        clearTimeout(timer)
        this.#waiting.delete(take)
        resolve(round)
      }
      const timer = setTimeout(() => {
        this.#waiting.delete(take)
        const state = this.#ended ? 'it has ended' : `last ${JSON.stringify(this.#last)}`
        reject(new Error(`it has not kept that in ${deadlineMs} ms: ${state}\n${this.#stderr}`))
      }, deadlineMs)
      this.#waiting.add(take)
    })
  }

  /** Ends the program. */
  stop(): void {
    this.#child.stdin?.end()
    this.#child.kill()
  }
}
