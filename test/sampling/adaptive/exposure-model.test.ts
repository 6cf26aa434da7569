import t from 'tap'
import { defaultParameters } from '../../../bench/convergence/default-parameters.ts'
import { ExposureModel } from '../../../src/sampling/adaptive/exposure-model.ts'
import type { ExposureParameters } from '../../../src/sampling/adaptive/exposure-parameters.ts'
import type { OperationCounts } from '../../../src/sampling/adaptive/operation-counts.ts'

const parameters = defaultParameters()
const { initialProbability, unknownProbabilityMax } = parameters

function modelWith(others: Partial<ExposureParameters> = {}): ExposureModel {
  return new ExposureModel({ ...parameters, ...others })
}

function row(counts: Partial<OperationCounts>): OperationCounts {
  const nothing = { kept: 0, represented: 0, unmarked: 0, forced: 0 }
  return { service: 'cart', operation: 'GET /', ...nothing, ...counts }
}

/** What clients keep that have this probability, of so many traces a second. */
function keptOf(rate: number, probability: number, seconds = 15): Partial<OperationCounts> {
  const kept = Math.round(rate * probability * seconds)
  return { kept, represented: kept / probability }
}

/** Intervals of clients that follow at once. @returns the probability afterwards */
function follow(model: ExposureModel, rate: number, intervals: number): number {
  for (let interval = 0; interval < intervals; interval++) {
    const probability = model.probabilityOf('cart', 'GET /')
    model.advance([row({ ...keptOf(rate, probability), forced: 1 })], 15)
  }
  return model.probabilityOf('cart', 'GET /')
}

for (const rate of [0.01, 0.5, 3, 40, 1000]) {
  t.test(`ExposureModel keeps the target, or all, of ${rate} traces a second`, (t) => {
    const probability = follow(modelWith(), rate, 80)
    const wanted = Math.min(1, 1 / rate)
    t.ok(Math.abs(probability / wanted - 1) < 0.15, `${probability}, wanted ${wanted}`)
    t.end()
  })
}

t.test('ExposureModel answers a burst in the interval that shows it', (t) => {
  const model = modelWith()
  follow(model, 0.5, 80)
  model.advance([row(keptOf(200, 1))], 15)
  t.ok(Math.abs(model.probabilityOf('cart', 'GET /') - 0.005) < 0.0005)
  t.end()
})

t.test('ExposureModel at most doubles within pollSeconds where it sees nothing', (t) => {
  const model = modelWith()
  model.advance([row({ forced: 1 })], 15)
  for (let interval = 0; interval < 4; interval++) model.advance([row({ forced: 1 })], 15)
  t.ok(model.probabilityOf('cart', 'GET /') <= initialProbability * 4.001)
  t.end()
})

t.test('ExposureModel looks no further back than clients take to ask', (t) => {
  const model = modelWith({ pollSeconds: 15 })
  for (let interval = 0; interval < 5; interval++) model.advance([row({ forced: 1 })], 15)
  const probability = model.probabilityOf('cart', 'GET /')
  t.ok(Math.abs(probability / (initialProbability * 32) - 1) < 0.001, `${probability}`)
  t.end()
})

t.test('ExposureModel takes spans without a probability for kept by what was served', (t) => {
  const model = modelWith()
  model.restore([{ service: 'cart', operation: 'GET /', probability: 0.1 }])
  for (let interval = 0; interval < 40; interval++) model.advance([row({ unmarked: 60 })], 15)
  const probability = model.probabilityOf('cart', 'GET /')
  t.ok(probability < 0.03, `4 a second are kept by what is served: ${probability}`)
  t.end()
})

t.test('ExposureModel adds clients up that tell a probability and that do not', (t) => {
  const model = modelWith()
  model.restore([{ service: 'cart', operation: 'GET /', probability: 0.1 }])
  model.advance([row({ kept: 15, represented: 150, unmarked: 15 })], 15)
  t.ok(Math.abs(model.probabilityOf('cart', 'GET /') - 0.05) < 1e-6)
  t.end()
})

t.test('ExposureModel looks for unknown operations of a service that asks', (t) => {
  const model = modelWith()
  t.equal(model.probabilityOf('cart', 'new'), initialProbability)
  for (let interval = 0; interval < 200; interval++) model.advance([row({ operation: '' })], 15)
  const found = model.probabilityOf('cart', 'new')
  t.ok(Math.abs(found / unknownProbabilityMax - 1) < 1e-6, `${found}`)
  t.equal(model.probabilityOf('other', 'new'), initialProbability)
  model.advance([row({ operation: 'new', unmarked: 1 })], 15)
  t.equal(model.operationCount, 2)
  t.end()
})

t.test('ExposureModel takes the length of an interval that was late', (t) => {
  const model = modelWith()
  model.restore([{ service: 'cart', operation: 'GET /', probability: 0.1 }])
  model.advance([row(keptOf(10, 0.1, 90))], 90)
  t.ok(Math.abs(model.probabilityOf('cart', 'GET /') - 0.1) < 1e-6)
  t.end()
})

t.test('ExposureModel lets operations beyond the bound share one probability', (t) => {
  const model = modelWith({ operationsMax: 100 })
  const many = Array.from({ length: 10_000 }, (_, at) =>
    row({ operation: `GET /${at}`, kept: 1, represented: 1 }),
  )
  for (let interval = 0; interval < 60; interval++) model.advance(many, 15)
  t.equal(model.operationCount, 101)
  t.equal(model.probabilityOf('cart', 'GET /50'), 1)
  const shared = model.probabilityOf('cart', 'GET /9999')
  t.ok(shared < 0.002, `660 traces a second share ${shared}`)
  t.end()
})

t.test('ExposureModel has no more than servicesMax services', (t) => {
  const model = modelWith({ servicesMax: 5 })
  const rows = Array.from({ length: 50 }, (_, at) =>
    row({ service: `service ${at}`, kept: 1, represented: 1 }),
  )
  model.advance(rows, 15)
  t.equal(model.operationCount, 10)
  t.equal(model.probabilityOf('service 49', 'GET /'), initialProbability)
  t.end()
})

t.test('ExposureModel forgets what has not been seen for hours', (t) => {
  const model = modelWith()
  model.advance([row({ kept: 1, represented: 1000 })], 15)
  t.equal(model.operationCount, 2)
  for (let interval = 0; interval < 1441; interval++) model.advance([], 15)
  t.equal(model.operationCount, 0)
  t.same([...model.probabilities()], [])
  t.equal(model.probabilityOf('cart', 'GET /'), initialProbability)
  t.end()
})

t.test('ExposureModel.restore() takes over what was stored, within its limits', (t) => {
  const before = modelWith()
  follow(before, 40, 80)
  const after = modelWith()
  after.restore(before.probabilities())
  const known = (model: ExposureModel) =>
    Array.from(model.probabilities(), (one) => one.probability)
  t.same(known(after), known(before))
  after.restore([
    { service: 'cart', operation: 'odd', probability: 5 },
    { service: 'cart', operation: 'odder', probability: 0 },
  ])
  t.equal(after.probabilityOf('cart', 'odd'), 1)
  t.ok(after.probabilityOf('cart', 'odder') > 0)
  t.end()
})

t.test('ExposureModel.replacing() leaves nothing of what was seen before', (t) => {
  const [model, fresh] = [modelWith(), modelWith()]
  follow(model, 100, 40)
  const share = { service: 'cart', observedPerSecond: 1, keptPerSecond: 1 }
  const shares = ['', 'GET /'].map((operation) => ({ ...share, operation, probability: 0.5 }))
  const shard = 0
  for (const one of [model, fresh]) {
    for (const _ of one.replacing(shard, () => shares)) {
      // In one go.
    }
    for (let interval = 0; interval < 4; interval++) one.advance([row({ unmarked: 10 })], 15)
  }
  t.same([...model.probabilities()], [...fresh.probabilities()])
  t.end()
})

t.test('ExposureModel gives services that only ask half of the places', (t) => {
  const model = modelWith({ servicesMax: 10 })
  const asking = Array.from({ length: 20 }, (_, at) => row({ service: `${at}`, operation: '' }))
  model.advance(asking, 15)
  t.equal(new Set(Array.from(model.probabilities(), ({ service }) => service)).size, 5)
  model.advance([row({ service: 'sends', forced: 1 })], 15)
  t.equal(new Set(Array.from(model.probabilities(), ({ service }) => service)).size, 6)
  t.end()
})
