import { setTimeout } from 'node:timers/promises'
import { LatencyHistogram } from '../load/latency-histogram.ts'
import type { BenchRandom } from '../load/random.ts'
import type { QueryClient } from './query-client.ts'
import type { SearchKind } from './searches.ts'

/** Searches by schedule. */
export interface SearchLoadOptions {
  readonly client: QueryClient
  readonly kinds: readonly SearchKind[]
  readonly random: BenchRandom
  /** Searches a second, however many are under way. */
  readonly perSecond: number
}

/** Asks searches of random kinds by schedule (open loop) until it is stopped. */
export class SearchLoad {
  /** Of searches that were answered, from the moment they were due. */
  readonly latency = new LatencyHistogram()
  readonly #options: SearchLoadOptions
  readonly #startMs = performance.now()
  readonly #timer: NodeJS.Timeout
  readonly #refused = new Map<string, number>()
  #asked = 0
  #underWay = 0
  #endedEarly = 0

  constructor(options: SearchLoadOptions) {
    this.#options = options
    this.#timer = setInterval(() => this.#askDue(), 5)
  }

  get asked(): number {
    return this.#asked
  }

  /** Searches that have no answer yet. */
  get underWay(): number {
    return this.#underWay
  }

  /** Answers that a limit of the gateway ended before everything was searched. */
  get endedEarly(): number {
    return this.#endedEarly
  }

  /** Searches that failed, by the name of the gRPC status. */
  get refused(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#refused)
  }

  /** Asks nothing more and waits for the answers, at most `waitMs`. */
  async stop(waitMs: number): Promise<void> {
    clearInterval(this.#timer)
    const endMs = performance.now() + waitMs
    while (this.#underWay > 0 && performance.now() < endMs) await setTimeout(20)
  }

  #askDue(): void {
    const { perSecond } = this.#options
    for (;;) {
      const dueMs = this.#startMs + (this.#asked * 1000) / perSecond
      if (dueMs > performance.now()) return
      this.#asked++
      void this.#ask(dueMs)
    }
  }

  async #ask(dueMs: number): Promise<void> {
    const { client, kinds, random } = this.#options
    const kind = kinds[random.below(kinds.length)]
    if (kind === undefined) return
    this.#underWay++
    const answer = await client.ask(kind.call(random))
    this.#underWay--
    if (answer.status === 'OK') {
      this.latency.record(performance.now() - dueMs)
      if (answer.bound !== undefined) this.#endedEarly++
    } else {
      this.#refused.set(answer.status, (this.#refused.get(answer.status) ?? 0) + 1)
    }
  }
}
