import { createBenchRandom } from '../load/random.ts'
import { cpuSecondsOf } from '../process-usage.ts'
import type { QueryClient } from './query-client.ts'
import { countAnswer } from './query-client.ts'
import type { SearchKind } from './searches.ts'

/** How long, and how often, is asked. */
export interface MeasureOptions {
  /** Calls of a kind at most. */
  readonly queries: number
  /** A kind ends after this time, however few were asked. */
  readonly kindMs: number
  readonly seed: number
  /** CPU of these processes is what a search costs. */
  readonly pids: readonly number[]
}

/** Searches before those that count, at most for this long. */
const warmUps = 3
const warmUpMs = 5000

/** Asks one search at a time and keeps how long each kind takes, and what was wrong. */
export class SearchMeasure {
  /** By name: times of each kind, ms, and CPU, ms a search. */
  readonly figures: Record<string, number> = {}
  /** What was wrong with answers. */
  readonly faults: string[] = []
  readonly #client: QueryClient
  readonly #options: MeasureOptions
  readonly #random
  /** Answers that a limit of the gateway ended too early to be complete, by kind. */
  readonly #endedEarly = new Map<string, number>()

  constructor(client: QueryClient, options: MeasureOptions) {
    this.#client = client
    this.#options = options
    this.#random = createBenchRandom(options.seed)
  }

  /** Asks for a kind until there are enough answers. */
  async measure(kind: SearchKind): Promise<void> {
    const { queries, kindMs, pids } = this.#options
    const warmMs = performance.now() + warmUpMs
    for (let warmUp = 0; warmUp < warmUps && performance.now() < warmMs; warmUp++) {
      await this.ask(kind)
    }
    this.#endedEarly.delete(kind.name)
    const timesMs: number[] = []
    const cpuSeconds = (): number => pids.reduce((sum, pid) => sum + cpuSecondsOf(pid), 0)
    const cpuBefore = cpuSeconds()
    const endMs = performance.now() + kindMs
    while (timesMs.length < queries && performance.now() < endMs) {
      timesMs.push(await this.ask(kind))
    }
    const cpuMs = (cpuSeconds() - cpuBefore) * 1000
    timesMs.sort((a, b) => a - b)
    const at = (share: number): number => {
      return timesMs[Math.ceil(share * timesMs.length) - 1] ?? Number.NaN
    }
    this.figures[`${kind.name} p50 ms`] = at(0.5)
    this.figures[`${kind.name} p99 ms`] = at(0.99)
    this.figures[`${kind.name} cpu ms`] = cpuMs / timesMs.length
    this.figures[`${kind.name} ended early percent`] =
      ((this.#endedEarly.get(kind.name) ?? 0) / timesMs.length) * 100
  }

  /** Asks once, notes what is wrong with the answer, and gives the time. */
  async ask(kind: SearchKind): Promise<number> {
    const call = kind.call(this.#random)
    const answer = await this.#client.ask(call)
    const fault =
      answer.status === 'OK'
        ? kind.fault(countAnswer(call, answer))
        : `${answer.status} ${answer.message}`
    if (fault !== undefined && answer.bound !== undefined) {
      this.#endedEarly.set(kind.name, (this.#endedEarly.get(kind.name) ?? 0) + 1)
    } else if (fault !== undefined) {
      this.faults.push(`${kind.name}: ${fault}`)
    }
    return answer.durationMs
  }
}
