import t from 'tap'
import { queryTextTarget } from '../fuzz/query-text-target.ts'
import { fuzzSettings, runFuzz } from '../fuzz/run-fuzz.ts'

t.test('compileText() takes or refuses a million changed texts', async (t) => {
  const { inputs, seed } = fuzzSettings(1_000_000)
  t.comment(`SPANGATE_FUZZ_SEED=${seed}`)
  const { outcomes, slowestMs, failure } = runFuzz(queryTextTarget, seed, inputs)
  t.equal(failure, undefined)
  t.comment(JSON.stringify(Object.fromEntries(outcomes)))
  t.ok(slowestMs < 1000, `the slowest input took ${slowestMs.toFixed(1)} ms`)
})
