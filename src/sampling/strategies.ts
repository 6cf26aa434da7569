import type { OperationRules, SamplingStrategy } from '../../bridge/jaeger-sampling/strategy.ts'
import type { OperationEntry } from './operation-entries.ts'
import type { ServiceEntry, StrategiesDocument } from './read-document.ts'

/** What every service is told. */
export interface ServedStrategies {
  /** Of services that are named; names are compared exactly. `get` may make it anew each time. */
  readonly byService: Pick<ReadonlyMap<string, SamplingStrategy>, 'has' | 'get' | 'size'>
  /** Of all others. */
  readonly byDefault: SamplingStrategy
}

/** What a document tells every service. */
export interface Strategies extends ServedStrategies {
  readonly byService: Pick<ReadonlyMap<string, MergedStrategy>, 'has' | 'get' | 'size' | 'keys'>
  readonly byDefault: MergedStrategy
  /** Entries of operations that the document has. */
  readonly operationCount: number
}

/** A strategy, and where in the document it comes from. */
export interface MergedStrategy extends SamplingStrategy {
  /** Undefined where the document has neither the service nor a default. */
  readonly entry: ServiceEntry | undefined
  readonly operations: MergedOperations | undefined
}

/** Operations of a service, those that it has of the default behind its own. */
export interface MergedOperations extends OperationRules {
  readonly listed: readonly OperationEntry[]
}

/** What is in use at the moment. */
export interface StrategySource {
  /** Another object whenever it may say anything else. */
  readonly current: ServedStrategies
  /** Told of each service that asks. */
  asked?(service: string): void
}

/**
 * Puts a document's entries together as Jaeger does: operations of `default_strategy` hold for every service,
 * behind its own; a service's own share is that of its operations which are not listed, else
 * `defaultProbability` is, or that of the default where its operations come from there alone.
 *
 * A service's strategy is put together when it is asked for: of a large document they are not all there at once.
 *
 * Source: jaeger v2.20.0, internal/sampling/samplingstrategy/file/provider.go.
 */
export function mergeStrategies(
  document: StrategiesDocument,
  defaultProbability: number,
): Strategies {
  const byDefault = ofEntry(document.default, defaultProbability)
  const entries = new Map(document.services.map((entry) => [entry.service, entry]))
  const merged = (service: string): MergedStrategy | undefined => {
    const entry = entries.get(service)
    if (entry === undefined) return undefined
    const own = ofEntry(entry, defaultProbability)
    return { ...own, operations: withDefault(own, byDefault.operations) }
  }
  return {
    byService: {
      has: (service) => entries.has(service),
      get: merged,
      keys: () => entries.keys(),
      size: entries.size,
    },
    byDefault,
    operationCount: document.services.reduce(
      (sum, { operationCount }) => sum + operationCount,
      document.default?.operationCount ?? 0,
    ),
  }
}

function ofEntry(entry: ServiceEntry | undefined, defaultProbability: number): MergedStrategy {
  const service = entry?.rule ?? { kind: 'probabilistic', probability: defaultProbability }
  const listed = entry?.operations
  if (listed === undefined) return { entry, service, operations: undefined }
  const ownProbability = service.kind === 'probabilistic' ? service.probability : defaultProbability
  return {
    entry,
    service,
    operations: { ...unbounded, defaultProbability: ownProbability, listed },
  }
}

/** A document has no bounds. */
const unbounded = { lowerBoundPerSecond: 0, upperBoundPerSecond: 0 } as const

function withDefault(
  { service, operations }: MergedStrategy,
  shared: MergedOperations | undefined,
): MergedOperations | undefined {
  if (shared === undefined) return operations
  if (operations === undefined) {
    if (service.kind !== 'probabilistic') return shared
    return { ...shared, defaultProbability: service.probability }
  }
  const own = new Set(operations.listed.map(({ operation }) => operation))
  const inherited = shared.listed.filter(({ operation }) => !own.has(operation))
  return { ...operations, listed: [...operations.listed, ...inherited] }
}
