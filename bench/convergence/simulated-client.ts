import type { Chance } from './chance.ts'
import type { ClientKind, SimulatedOperation } from './world.ts'

/** What a client sends of one second's traces of an operation. */
export interface KeptTraces {
  readonly byProbability: number
  readonly probability: number
  /** For the lower bound, beside those. */
  readonly byLowerBound: number
}

/** What a client is told. */
export interface Served {
  probabilityOf(service: string, operation: string): number
  readonly lowerBoundPerSecond: number
}

const pollSeconds = 60

/**
 * One process of a service with a remote sampler: asks every 60 s, keeps its share, and (Jaeger's
 * clients and ours) so many traces a second whatever the share is.
 *
 * Source: jaeger-client-go 2.30.0, sampler.go, GuaranteedThroughputProbabilisticSampler;
 * opentelemetry-java 1.61, JaegerRemoteSampler, which has no lower bound.
 */
export class SimulatedClient {
  readonly #kind: ClientKind
  readonly #pollAt: number
  readonly #probabilities = new Map<string, number>()
  readonly #credits = new Map<string, number>()
  #lowerBound = 0

  constructor(kind: ClientKind, chance: Chance) {
    this.#kind = kind
    this.#pollAt = chance.below(pollSeconds)
  }

  /** Asks when it is time. @returns whether it did */
  poll(second: number, operations: readonly SimulatedOperation[], served: Served): boolean {
    if (second % pollSeconds !== this.#pollAt) return false
    this.#lowerBound = this.#kind === 'otel' ? 0 : served.lowerBoundPerSecond
    for (const { service, operation } of operations) {
      this.#probabilities.set(operation, served.probabilityOf(service, operation))
    }
    return true
  }

  /** Samples the traces of one second. Before it was told anything a client keeps 1 in 1,000. */
  sample(operation: string, traces: number, chance: Chance): KeptTraces {
    const probability = this.#probabilities.get(operation) ?? 0.001
    const byProbability = chance.binomial(traces, probability)
    let credit = Math.min(1, (this.#credits.get(operation) ?? 1) + this.#lowerBound)
    // What is kept anyway counts against the bound.
    credit = Math.max(0, credit - byProbability)
    const isOwed = this.#lowerBound > 0 && credit >= 1 && traces > byProbability
    this.#credits.set(operation, isOwed ? credit - 1 : credit)
    return { byProbability, probability, byLowerBound: isOwed ? 1 : 0 }
  }
}
