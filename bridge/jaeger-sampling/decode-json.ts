import type { OperationRule, OperationRules, SamplingStrategy, ServiceRule } from './strategy.ts'
import { checkBound, checkProbability, checkTraces, StrategyError } from './strategy-error.ts'

/**
 * JSON of Jaeger's HTTP endpoints -> strategy, in both forms of `encodeStrategyJson`. Absent numbers are 0 and
 * `null` is absent, as protobuf's JSON has it; unknown members are passed over.
 *
 * @throws StrategyError for text that is no JSON and values that make no sense
 */
export function decodeStrategyJson(text: string): SamplingStrategy {
  const response = objectOf('response', parsed(text)) ?? {}
  return { service: serviceRule(response), operations: operationRules(response) }
}

type Members = Readonly<Record<string, unknown>>

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new StrategyError('response', 'is no JSON')
  }
}

function serviceRule(response: Members): ServiceRule {
  const type = response['strategyType'] ?? 0
  if (type === 0 || type === 'PROBABILISTIC') {
    const rate = objectOf('probabilisticSampling', response['probabilisticSampling'])
    const probability = numberOf('samplingRate', rate?.['samplingRate'])
    return { kind: 'probabilistic', probability: checkProbability('samplingRate', probability) }
  }
  if (type === 1 || type === 'RATE_LIMITING') {
    const limit = objectOf('rateLimitingSampling', response['rateLimitingSampling'])
    const traces = numberOf('maxTracesPerSecond', limit?.['maxTracesPerSecond'])
    return { kind: 'ratelimiting', tracesPerSecond: checkTraces('maxTracesPerSecond', traces) }
  }
  const shown = JSON.stringify(type).slice(0, 100)
  throw new StrategyError('strategyType', `is ${shown}, must be PROBABILISTIC or RATE_LIMITING`)
}

function operationRules(response: Members): OperationRules | undefined {
  const rules = objectOf('operationSampling', response['operationSampling'])
  if (rules === undefined) return undefined
  const listed = rules['perOperationStrategies'] ?? []
  if (!Array.isArray(listed)) throw new StrategyError('perOperationStrategies', 'is no list')
  const bound = (field: string) => checkBound(field, numberOf(field, rules[field]))
  const shared = 'defaultSamplingProbability'
  return {
    defaultProbability: checkProbability(shared, numberOf(shared, rules[shared])),
    lowerBoundPerSecond: bound('defaultLowerBoundTracesPerSecond'),
    upperBoundPerSecond: bound('defaultUpperBoundTracesPerSecond'),
    listed: listed.map(operationRule),
  }
}

function operationRule(value: unknown): OperationRule {
  const rule = objectOf('perOperationStrategies', value)
  const operation = rule?.['operation'] ?? ''
  if (typeof operation !== 'string') throw new StrategyError('operation', 'is no text')
  const rate = objectOf('probabilisticSampling', rule?.['probabilisticSampling'])
  const probability = numberOf('samplingRate', rate?.['samplingRate'])
  return { operation, probability: checkProbability('samplingRate', probability) }
}

function objectOf(field: string, value: unknown): Members | undefined {
  if (value === undefined || value === null) return undefined
  if (typeof value === 'object' && !Array.isArray(value)) return value as Members
  throw new StrategyError(field, 'is no object')
}

function numberOf(field: string, value: unknown): number {
  if (value === undefined || value === null) return 0
  if (typeof value === 'number') return value
  throw new StrategyError(field, 'is no number')
}
