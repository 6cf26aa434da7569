import t from 'tap'
import { jaegerProtoTarget } from './jaeger-proto-target.ts'
import { fuzzSettings, runFuzz } from './run-fuzz.ts'

t.test('decodePostSpansRequest() takes or refuses 8,000 changed requests', async (t) => {
  const { inputs, seed } = fuzzSettings(8_000)
  t.comment(`SPANGATE_FUZZ_SEED=${seed}`)
  const { outcomes, slowestMs, failure } = runFuzz(jaegerProtoTarget, seed, inputs)
  t.equal(failure, undefined)
  t.comment(JSON.stringify(Object.fromEntries(outcomes)))
  t.ok(slowestMs < 2000, `the slowest input took ${slowestMs.toFixed(1)} ms`)
  for (const outcome of ['refused', 'rejected', 'partly rejected', 'repaired', 'taken']) {
    t.ok(outcomes.has(outcome), `some inputs are ${outcome}`)
  }
})
