import type { Shares } from '../../src/sampling/adaptive/calculate-shares.ts'
import { calculateShares } from '../../src/sampling/adaptive/calculate-shares.ts'
import type { AdaptiveParameters } from '../../src/sampling/adaptive/parameters.ts'
import type { OperationCount } from '../../src/sampling/adaptive/throughput.ts'
import type { Algorithm, ObservedOperation } from './simulate.ts'

/** What the gateway does: src/sampling/adaptive. */
export class WiredAlgorithm implements Algorithm {
  readonly #parameters: AdaptiveParameters
  #shares: Shares = new Map()

  constructor(parameters: AdaptiveParameters) {
    this.#parameters = parameters
  }

  probabilityOf(service: string, operation: string): number {
    const share = this.#shares.get(service)?.get(operation)
    return share?.probability ?? this.#parameters.initialProbability
  }

  *probabilities() {
    for (const [service, operations] of this.#shares) {
      for (const [operation, { probability }] of operations) {
        yield { service, operation, probability }
      }
    }
  }

  /** The gateway's counts are its own and are lost with it. */
  restore(): void {}

  advance(throughput: Iterable<ObservedOperation>): void {
    const bucket = new Map<string, Map<string, OperationCount>>()
    for (const { service, operation, kept, represented, unmarked } of throughput) {
      if (operation === '') continue
      const operations = bucket.get(service) ?? new Map<string, OperationCount>()
      const count = operations.get(operation) ?? { kept: 0, estimated: 0 }
      // Spans that tell nothing are taken for kept by the share of the moment.
      count.kept += kept + unmarked
      count.estimated += represented + unmarked / this.probabilityOf(service, operation)
      bucket.set(service, operations.set(operation, count))
    }
    this.#shares = calculateShares(this.#shares, [bucket], this.#parameters)
  }
}
