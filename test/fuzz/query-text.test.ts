import t from 'tap'
import { queryTextTarget } from './query-text-target.ts'
import { fuzzSettings, runFuzz } from './run-fuzz.ts'

t.test('compileText() takes or refuses 10,000 changed texts', async (t) => {
  const { inputs, seed } = fuzzSettings(10_000)
  t.comment(`SPANGATE_FUZZ_SEED=${seed}`)
  const { outcomes, slowestMs, failure } = runFuzz(queryTextTarget, seed, inputs)
  t.equal(failure, undefined)
  t.comment(JSON.stringify(Object.fromEntries(outcomes)))
  t.ok(slowestMs < 1000, `the slowest input took ${slowestMs.toFixed(1)} ms`)
  for (const outcome of ['taken', 'refused', 'not supported', 'too large']) {
    t.ok(outcomes.has(outcome), `some inputs are ${outcome}`)
  }
})
