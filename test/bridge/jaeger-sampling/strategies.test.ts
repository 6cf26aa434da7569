import t from 'tap'
import { decodeStrategyJson } from '../../../bridge/jaeger-sampling/decode-json.ts'
import { decodeServiceName } from '../../../bridge/jaeger-sampling/decode-service-name.ts'
import { decodeStrategy } from '../../../bridge/jaeger-sampling/decode-strategy.ts'
import { encodeStrategyJson } from '../../../bridge/jaeger-sampling/encode-json.ts'
import { encodeStrategy } from '../../../bridge/jaeger-sampling/encode-strategy.ts'
import type { SamplingStrategy } from '../../../bridge/jaeger-sampling/strategy.ts'
import { protobufMessages } from './protobuf-messages.ts'

const operations = {
  defaultProbability: 0.25,
  lowerBoundPerSecond: 1 / 60,
  upperBoundPerSecond: 2,
  listed: [
    { operation: 'GET /Zürich?a&b', probability: 1 },
    { operation: '', probability: 0 },
    { operation: 'x', probability: 1e-7 },
  ],
}
const probabilistic = (probability: number) => ({ kind: 'probabilistic', probability }) as const
const limiting = (tracesPerSecond: number) => ({ kind: 'ratelimiting', tracesPerSecond }) as const

/** A strategy, and its JSON. */
const strategies: readonly (readonly [string, SamplingStrategy, string])[] = [
  [
    'a share',
    { service: probabilistic(0.001), operations: undefined },
    '{"strategyType":"PROBABILISTIC","probabilisticSampling":{"samplingRate":0.001}}',
  ],
  [
    'a share of 0',
    { service: probabilistic(0), operations: undefined },
    '{"strategyType":"PROBABILISTIC","probabilisticSampling":{"samplingRate":0}}',
  ],
  [
    'a rate',
    { service: limiting(2 ** 31 - 1), operations: undefined },
    '{"strategyType":"RATE_LIMITING","rateLimitingSampling":{"maxTracesPerSecond":2147483647}}',
  ],
  [
    'a rate of 0 with an empty list',
    { service: limiting(0), operations: { ...operations, upperBoundPerSecond: 0, listed: [] } },
    '{"strategyType":"RATE_LIMITING","rateLimitingSampling":{"maxTracesPerSecond":0},"operationSampling":{"defaultSamplingProbability":0.25,"defaultLowerBoundTracesPerSecond":0.016666666666666666,"perOperationStrategies":[],"defaultUpperBoundTracesPerSecond":0}}',
  ],
  [
    'operations',
    { service: probabilistic(0.5), operations },
    '{"strategyType":"PROBABILISTIC","probabilisticSampling":{"samplingRate":0.5},"operationSampling":{"defaultSamplingProbability":0.25,"defaultLowerBoundTracesPerSecond":0.016666666666666666,"perOperationStrategies":[{"operation":"GET /Zürich?a&b","probabilisticSampling":{"samplingRate":1}},{"operation":"","probabilisticSampling":{"samplingRate":0}},{"operation":"x","probabilisticSampling":{"samplingRate":1e-7}}],"defaultUpperBoundTracesPerSecond":2}}',
  ],
]

for (const [what, strategy, json] of strategies) {
  t.test(`encodeStrategyJson() writes ${what} in the members of Jaeger`, async (t) => {
    t.equal(encodeStrategyJson(strategy, 'word'), json)
    const type = strategy.service.kind === 'probabilistic' ? 0 : 1
    t.equal(
      encodeStrategyJson(strategy, 'number'),
      json.replace(/"strategyType":"\w+"/, `"strategyType":${type}`),
    )
  })

  t.test(
    `encodeStrategy() writes ${what} as protobufjs reads it, and reads it again`,
    async (t) => {
      const { responseOf } = protobufMessages()
      const read = responseOf(encodeStrategy(strategy))
      t.strictSame(withoutAbsent(read), JSON.parse(json))
      t.strictSame(decodeStrategy(encodeStrategy(strategy)), strategy)
    },
  )

  t.test(`decodeStrategyJson() reads ${what}, its type as a word and as a number`, async (t) => {
    t.strictSame(decodeStrategyJson(json), strategy)
    t.strictSame(decodeStrategyJson(encodeStrategyJson(strategy, 'number')), strategy)
  })
}

/** Messages that are not there are left out in JSON. */
function withoutAbsent(message: object): object {
  return Object.fromEntries(Object.entries(message).filter(([, value]) => value !== null))
}

t.test('decodeStrategyJson() takes null and what is absent for 0', async (t) => {
  const share = { service: probabilistic(0), operations: undefined }
  for (const text of [
    'null',
    '{}',
    '{"strategyType":0,"probabilisticSampling":null,"operationSampling":null,"more":[1]}',
  ]) {
    t.strictSame(decodeStrategyJson(text), share, text)
  }
})

for (const [text, says] of [
  ['{"strategyType":"CONST"}', 'strategyType is "CONST", must be PROBABILISTIC or RATE_LIMITING'],
  ['{"probabilisticSampling":{"samplingRate":1.1}}', 'samplingRate is 1.1, must be 0 to 1'],
  ['{"probabilisticSampling":{"samplingRate":"1"}}', 'samplingRate is no number'],
  ['{"probabilisticSampling":[]}', 'probabilisticSampling is no object'],
  [
    '{"strategyType":1,"rateLimitingSampling":{"maxTracesPerSecond":1.5}}',
    'maxTracesPerSecond is 1.5, must be a whole number from 0 to 2147483647',
  ],
  [
    '{"operationSampling":{"defaultLowerBoundTracesPerSecond":-1}}',
    'defaultLowerBoundTracesPerSecond is -1, must be 0 or more',
  ],
  ['{"operationSampling":{"perOperationStrategies":{}}}', 'perOperationStrategies is no list'],
  ['<html>', 'response is no JSON'],
] as const) {
  t.test(`decodeStrategyJson() refuses ${text}`, async (t) => {
    t.throws(() => decodeStrategyJson(text), {
      name: 'StrategyError',
      message: `Cannot use strategy: ${says}`,
    })
  })
}

t.test('decodeStrategy() refuses shares that are none, and cut bytes', async (t) => {
  const bytes = encodeStrategy({ service: probabilistic(7), operations: undefined })
  t.throws(() => decodeStrategy(bytes), { name: 'StrategyError' })
  t.throws(() => decodeStrategy(Uint8Array.of(8, 5)), {
    message: 'Cannot use strategy: strategyType is 5, must be 0 or 1',
  })
  const good = encodeStrategy({ service: probabilistic(0.5), operations })
  for (let length = 1; length < good.length; length++) {
    try {
      decodeStrategy(good.subarray(0, length))
    } catch (error) {
      t.match(error, { name: 'WireError' }, `${length} bytes`)
    }
  }
})

t.test('decodeServiceName() reads what protobufjs writes, also with fields after it', async (t) => {
  const { parametersOf } = protobufMessages()
  for (const name of ['', 'cart', 'Zürich'.repeat(50_000)]) {
    t.equal(decodeServiceName(parametersOf(name)), name)
    t.equal(decodeServiceName(Buffer.concat([parametersOf(name), Buffer.of(0x10, 1)])), name)
  }
  t.throws(() => decodeServiceName(Uint8Array.of(0x0a, 5, 65)), { name: 'WireError' })
})
