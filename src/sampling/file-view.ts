import type { SampledOperation, SamplingStatus, SamplingView } from '../ports/sampling-view.ts'
import { Busiest } from './busiest.ts'
import { givingWay } from './give-way.ts'
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

  async busiest(service: string | undefined, count: number): Promise<readonly SampledOperation[]> {
    const { byService } = this.#source.current
    const busiest = new Busiest(count)
    const names = service === undefined ? byService.keys() : [service]
    await givingWay(names, (name) => {
      for (const one of operationsOf(name, byService.get(name))) busiest.add(one)
    })
    return busiest.finish()
  }
}

function* operationsOf(
  service: string,
  strategy: MergedStrategy | undefined,
): Generator<SampledOperation> {
  if (strategy === undefined) return
  const nothing = { observedPerSecond: undefined, keptPerSecond: undefined }
  const { operations, service: rule } = strategy
  const own = rule.kind === 'probabilistic' ? rule.probability : undefined
  const others = operations?.defaultProbability ?? own
  if (others !== undefined) yield { service, operation: '', probability: others, ...nothing }
  for (const { operation, probability } of operations?.listed ?? []) {
    yield { service, operation, probability, ...nothing }
  }
}
