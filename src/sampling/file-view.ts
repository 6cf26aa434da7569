import type { SampledOperation, SamplingStatus, SamplingView } from '../ports/sampling-view.ts'
import type { MergedStrategy, Strategies } from './strategies.ts'

/** What a document says, for people: nothing is counted. */
export class FileView implements SamplingView {
  readonly #source: { readonly current: Strategies }

  constructor(source: { readonly current: Strategies }) {
    this.#source = source
  }

  status(): SamplingStatus {
    const { byService } = this.#source.current
    let operations = 0
    for (const strategy of byService.values()) operations += strategy.operations?.listed.length ?? 0
    return { mode: 'file', services: byService.size, operations, adaptive: undefined }
  }

  *operations(service: string | undefined): Generator<SampledOperation> {
    const { byService } = this.#source.current
    if (service !== undefined) {
      const own = byService.get(service)
      if (own !== undefined) yield* operationsOf(service, own)
      return
    }
    for (const [name, strategy] of byService) yield* operationsOf(name, strategy)
  }
}

function* operationsOf(service: string, strategy: MergedStrategy): Generator<SampledOperation> {
  const nothing = { observedPerSecond: undefined, keptPerSecond: undefined }
  const { operations, service: rule } = strategy
  const own = rule.kind === 'probabilistic' ? rule.probability : undefined
  const others = operations?.defaultProbability ?? own
  if (others !== undefined) yield { service, operation: '', probability: others, ...nothing }
  for (const { operation, probability } of operations?.listed ?? []) {
    yield { service, operation, probability, ...nothing }
  }
}
