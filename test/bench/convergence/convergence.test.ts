import t from 'tap'
import { defaultParameters } from '../../../bench/convergence/default-parameters.ts'
import { judge } from '../../../bench/convergence/judge.ts'
import { PublishedAlgorithm } from '../../../bench/convergence/published-algorithm.ts'
import { simulate } from '../../../bench/convergence/simulate.ts'
import { simulatedOperations } from '../../../bench/convergence/world.ts'
import { ExposureModel } from '../../../src/sampling/adaptive/exposure-model.ts'

const parameters = defaultParameters()
const operations = simulatedOperations()
const { lowerBoundPerSecond, intervalSeconds, targetPerSecond } = parameters

for (const leaderDies of [false, true]) {
  t.test(
    `adaptive sampling converges, ${leaderDies ? 'also when its leader is killed' : 'steps and bursts included'}`,
    (t) => {
      const minutes = simulate({
        ...{ operations, lowerBoundPerSecond, intervalSeconds, leaderDies },
        readsThreshold: true,
        seed: 1,
        create: () => new ExposureModel(parameters),
      })
      for (const [at, operation] of operations.entries()) {
        const verdict = judge(operation, minutes[at] ?? [], targetPerSecond)
        t.match(verdict, { outside: 0 }, `${operation.operation}, worst ${verdict.worst}`)
        t.ok(verdict.minutesOver <= 2, `${verdict.minutesOver} minutes over`)
        t.ok(verdict.convergedAfterMinutes <= 20)
      }
      t.end()
    },
  )
}

t.test("the judge finds that Jaeger's algorithm leaves OpenTelemetry's clients alone", (t) => {
  const minutes = simulate({
    ...{ operations, lowerBoundPerSecond, intervalSeconds: 60, leaderDies: false },
    readsThreshold: false,
    seed: 1,
    create: () => new PublishedAlgorithm(),
  })
  const outside = (client: string) =>
    operations.filter((operation, at) => {
      const isKind = operation.client === client && operation.story === 'steady'
      return isKind && judge(operation, minutes[at] ?? [], targetPerSecond).outside > 0
    }).length
  t.ok(outside('otel') > 2, `${outside('otel')} of OpenTelemetry's`)
  t.end()
})
