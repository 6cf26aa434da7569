import t from 'tap'
import { encodeStrategyJson } from '../../bridge/jaeger-sampling/encode-json.ts'
import { explainStrategy } from '../../src/sampling/explain-strategy.ts'
import { fieldOf } from '../../src/sampling/problem-list.ts'
import { readStrategies } from '../../src/sampling/read-strategies.ts'
import type { Strategies } from '../../src/sampling/strategies.ts'
import { sampleYaml } from './sample-strategies.ts'

function strategiesOf(text: string): Strategies {
  const { strategies, problems } = readStrategies(text, 0.001)
  if (strategies === undefined) throw new Error(JSON.stringify(problems))
  return strategies
}

function answerOf({ byService, byDefault }: Strategies, service: string): unknown {
  return JSON.parse(encodeStrategyJson(byService.get(service) ?? byDefault, 'word'))
}

const probabilistic = (samplingRate: number) => ({
  strategyType: 'PROBABILISTIC',
  probabilisticSampling: { samplingRate },
})
const limiting = (maxTracesPerSecond: number) => ({
  strategyType: 'RATE_LIMITING',
  rateLimitingSampling: { maxTracesPerSecond },
})
const operations = (share: number, listed: Readonly<Record<string, number>>) => ({
  operationSampling: {
    defaultSamplingProbability: share,
    defaultLowerBoundTracesPerSecond: 0,
    perOperationStrategies: Object.entries(listed).map(([operation, samplingRate]) => ({
      operation,
      probabilisticSampling: { samplingRate },
    })),
    defaultUpperBoundTracesPerSecond: 0,
  },
})

const shared = { '/health': 0, 'GET /cart': 0.25 }

/** What the rules of Jaeger's provider.go make of the sample. */
const merged: readonly (readonly [what: string, service: string, answer: object])[] = [
  [
    "a service's operations come before those of the default, which it overrides",
    'cart',
    { ...probabilistic(0.8), ...operations(0.8, { 'GET /cart': 1, '/health': 0 }) },
  ],
  [
    "a rate limit without operations gets the default's, their share among them",
    'stock',
    { ...limiting(5), ...operations(0.5, shared) },
  ],
  [
    "a share without operations gets the default's, and is theirs",
    'plain',
    { ...probabilistic(0.1), ...operations(0.1, shared) },
  ],
  [
    "a rate limit with operations shares the setting's probability among the others",
    'limited',
    { ...limiting(7), ...operations(0.001, { pay: 0.75, ...shared }) },
  ],
  [
    'a service that is not named gets the default',
    'Cart',
    { ...probabilistic(0.5), ...operations(0.5, shared) },
  ],
]

for (const [what, service, answer] of merged) {
  t.test(`mergeStrategies(): ${what}`, async (t) => {
    t.strictSame(answerOf(strategiesOf(sampleYaml), service), answer)
  })
}

t.test('mergeStrategies(): without a document everybody gets the probability', async (t) => {
  for (const text of ['null', '{}', '{"service_strategies": []}']) {
    t.strictSame(answerOf(strategiesOf(text), 'x'), probabilistic(0.001), text)
  }
})

t.test('mergeStrategies(): operations that are all left out still leave a list', async (t) => {
  const text =
    '{"default_strategy": {"type": "ratelimiting", "param": 2, "operation_strategies": [{"operation": "a", "type": "ratelimiting", "param": 1}]}}'
  t.strictSame(answerOf(strategiesOf(text), 'x'), { ...limiting(2), ...operations(0.001, {}) })
})

const explained: readonly (readonly [
  service: string,
  operation: string,
  share: unknown,
  path: string,
])[] = [
  ['cart', 'GET /cart', 1, 'service_strategies[0].operation_strategies[0] line 12'],
  ['cart', '/health', 0, 'default_strategy.operation_strategies[0] line 5'],
  ['cart', 'other', 0.8, 'service_strategies[0] line 8'],
  ['stock', 'other', 0.5, 'default_strategy line 2'],
  ['plain', 'other', 0.1, 'service_strategies[2] line 16'],
  ['limited', 'other', 0.001, 'setting'],
  ['nobody', 'GET /cart', 0.25, 'default_strategy.operation_strategies[1] line 6'],
  ['nobody', 'other', 0.5, 'default_strategy line 2'],
]

for (const [service, operation, share, place] of explained) {
  t.test(`explainStrategy() finds what decides for ${operation} of ${service}`, async (t) => {
    const { strategies, lineOf } = readStrategies(sampleYaml, 0.001)
    if (strategies === undefined) throw new Error('the sample is bad')
    const { rule, path } = explainStrategy(strategies, service, operation)
    t.strictSame(rule, { kind: 'probabilistic', probability: share })
    t.equal(path === undefined ? 'setting' : `${fieldOf(path)} line ${lineOf(path)}`, place)
  })
}

t.test('explainStrategy() without operations is what the service has', async (t) => {
  const text = '{"service_strategies": [{"service": "a", "type": "ratelimiting", "param": 3}]}'
  const { rule, path } = explainStrategy(strategiesOf(text), 'a', 'x')
  t.strictSame(rule, { kind: 'ratelimiting', tracesPerSecond: 3 })
  t.strictSame(path, ['service_strategies', 0])
  t.equal(explainStrategy(strategiesOf('{}'), 'a', 'x').path, undefined)
})
