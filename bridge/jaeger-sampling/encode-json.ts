import type { SamplingStrategy } from './strategy.ts'

/**
 * How JSON names the kind of a strategy: by its word, as Jaeger's `/sampling` does, or by its number, as its
 * agent's `/` did for clients with Thrift 0.9.2.
 */
export type StrategyTypeForm = 'word' | 'number'

const types = {
  probabilistic: { word: 'PROBABILISTIC', number: 0 },
  ratelimiting: { word: 'RATE_LIMITING', number: 1 },
} as const

/**
 * Strategy -> the JSON of Jaeger's HTTP endpoints: members in the order of the fields, numbers of 0
 * included, absent messages left out.
 *
 * Source: jaeger v1.76.0, internal/sampling/http/handler.go.
 */
export function encodeStrategyJson(
  { service, operations }: SamplingStrategy,
  form: StrategyTypeForm,
): string {
  const sampling =
    service.kind === 'probabilistic'
      ? { probabilisticSampling: { samplingRate: service.probability } }
      : { rateLimitingSampling: { maxTracesPerSecond: service.tracesPerSecond } }
  const operationSampling = operations && {
    defaultSamplingProbability: operations.defaultProbability,
    defaultLowerBoundTracesPerSecond: operations.lowerBoundPerSecond,
    perOperationStrategies: operations.listed.map(({ operation, probability }) => ({
      operation,
      probabilisticSampling: { samplingRate: probability },
    })),
    defaultUpperBoundTracesPerSecond: operations.upperBoundPerSecond,
  }
  return JSON.stringify({
    strategyType: types[service.kind][form],
    ...sampling,
    ...(operationSampling === undefined ? {} : { operationSampling }),
  })
}
