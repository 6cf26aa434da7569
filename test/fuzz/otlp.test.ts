import t from 'tap'
import { otlpTarget } from './otlp-target.ts'
import { fuzzSettings, runFuzz } from './run-fuzz.ts'

t.test('decodeRequest() takes or refuses 20,000 changed requests', async (t) => {
  const { inputs, seed } = fuzzSettings(20_000)
  t.comment(`SPANGATE_FUZZ_SEED=${seed}`)
  const { outcomes, slowestMs, failure } = runFuzz(otlpTarget, seed, inputs)
  t.equal(failure, undefined)
  t.comment(JSON.stringify(Object.fromEntries(outcomes)))
  t.ok(slowestMs < 2000, `the slowest input took ${slowestMs.toFixed(1)} ms`)
  for (const outcome of ['refused', 'rejected', 'partly rejected', 'repaired', 'taken']) {
    t.ok(outcomes.has(outcome), `some inputs are ${outcome}`)
  }
})
