import type { SampledOperation, SamplingStatus, SamplingView } from '../ports/sampling-view.ts'
import { Busiest } from './busiest.ts'
import type { DocumentState } from './file-strategies.ts'
import { givingWay } from './give-way.ts'
import type { MergedStrategy, Strategies } from './strategies.ts'

/** The strategies of a document and how it is read. */
interface ReadDocument {
  readonly current: Strategies
  readonly document: DocumentState
}

/** What a document says, for people: nothing is counted. */
export class FileView implements SamplingView {
  readonly #source: ReadDocument

  constructor(source: ReadDocument) {
    this.#source = source
  }

  status(): SamplingStatus {
    const { byService, operationCount } = this.#source.current
    const counts = { services: byService.size, operations: operationCount }
    return { mode: 'file', ...counts, ...this.#source.document, adaptive: undefined }
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
