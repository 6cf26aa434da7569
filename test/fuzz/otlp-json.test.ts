import t from 'tap'
import { otlpJsonTarget } from './otlp-json-target.ts'
import { fuzzSettings, runFuzz } from './run-fuzz.ts'

t.test('decodeJsonRequest() takes or refuses 4,000 changed requests', async (t) => {
  const { inputs, seed } = fuzzSettings(4_000)
  t.comment(`SPANGATE_FUZZ_SEED=${seed}`)
  const { outcomes, slowestMs, failure } = runFuzz(otlpJsonTarget, seed, inputs)
  t.equal(failure, undefined)
  t.comment(JSON.stringify(Object.fromEntries(outcomes)))
  t.ok(slowestMs < 2000, `the slowest input took ${slowestMs.toFixed(1)} ms`)
  const refused = ['bad_json', 'truncated', 'bad_value', 'too_deep'].map((c) => `refused as ${c}`)
  for (const outcome of [...refused, 'partly rejected', 'repaired', 'taken']) {
    t.ok(outcomes.has(outcome), `some inputs are ${outcome}`)
  }
})
