/**
 * `npm run bench:convergence [-- options]`: how soon adaptive sampling keeps what it should: as the
 * gateway does it, also with the process killed that calculates, and as Jaeger publishes it. A simulation: no gateway runs, and no second of it takes one. See docs/sampling.md.
 */
import { writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { ExposureModel } from '../src/sampling/adaptive/exposure-model.ts'
import { defaultParameters } from './convergence/default-parameters.ts'
import { judge, sharesWithin } from './convergence/judge.ts'
import { PublishedAlgorithm } from './convergence/published-algorithm.ts'
import type { Experiment, Minute } from './convergence/simulate.ts'
import { simulate } from './convergence/simulate.ts'
import { simulatedOperations } from './convergence/world.ts'
import { numberOf } from './options.ts'
import { drawLines } from './render/line-chart.ts'

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    runs: { type: 'string', default: '1' },
    picture: { type: 'string' },
  },
})
const seed = numberOf('seed', values.seed, { min: 1 })
const runs = numberOf('runs', values.runs, { min: 1, max: 1000 })
const operations = simulatedOperations()
const parameters = defaultParameters()
const { lowerBoundPerSecond, intervalSeconds } = parameters
const published = 'as published'
const shared = { operations, lowerBoundPerSecond, readsThreshold: true }
const experiments: Readonly<Record<string, Omit<Experiment, 'seed'>>> = {
  'as the gateway does': {
    ...shared,
    intervalSeconds,
    leaderDies: false,
    create: () => new ExposureModel(parameters),
  },
  'as the gateway does, its leader killed': {
    ...shared,
    intervalSeconds,
    leaderDies: true,
    create: () => new ExposureModel(parameters),
  },
  [published]: {
    ...shared,
    intervalSeconds: 60,
    leaderDies: false,
    readsThreshold: false,
    create: () => new PublishedAlgorithm(),
  },
}

const lines: { readonly name: string; readonly values: readonly number[] }[] = []
for (const [name, experiment] of Object.entries(experiments)) {
  for (let run = 0; run < runs; run++) {
    const minutes = simulate({ ...experiment, seed: seed + run })
    // With its leader killed it is the same line.
    if (run === 0 && !experiment.leaderDies) addLine(name, minutes)
    const verdicts = operations.map((operation, at) =>
      judge(operation, minutes[at] ?? [], parameters.targetPerSecond),
    )
    const bad = verdicts.filter(({ outside }) => outside > 0)
    const late = Math.max(...verdicts.map(({ convergedAfterMinutes }) => convergedAfterMinutes))
    const over = Math.max(...verdicts.map(({ minutesOver }) => minutesOver))
    console.log(
      `${name}, seed ${seed + run}: ${bad.length} of ${operations.length} operations outside 30 % after 20 minutes, converged after ${late} minutes, at most ${over} minutes over three times the target`,
    )
    for (const { operation, outside, worst, minutesOver } of verdicts) {
      if (outside === 0 && minutesOver <= 2) continue
      const { operation: what, client, story } = operation
      console.log(
        `  ${what} ${client} ${story} ${operation.rateAt(0).toPrecision(2)}/s: ${outside} windows, worst ${worst.toFixed(2)}, ${minutesOver} minutes over`,
      )
    }
  }
}

if (values.picture !== undefined) {
  const title = 'Operations that keep min(target, their rate) within 30 %, of 50, percent'
  writeFileSync(values.picture, drawLines({ title, stepName: 'minutes', series: lines }))
}

/** Of the published algorithm also by itself what it can see: operations of Jaeger's clients. */
function addLine(name: string, minutes: readonly (readonly Minute[])[]): void {
  const target = parameters.targetPerSecond
  lines.push({ name, values: sharesWithin(minutes, target) })
  if (name !== published) return
  const ofJaeger = minutes.filter((_, at) => operations[at]?.client === 'jaeger')
  lines.push({ name: `${published}, Jaeger's clients`, values: sharesWithin(ofJaeger, target) })
}
