import t from 'tap'
import { jaegerBinaryTarget, propagationTarget } from './propagation-target.ts'
import { fuzzSettings, runFuzz } from './run-fuzz.ts'

t.test('propagation formats read 5,000 changed headers', async (t) => {
  const { inputs, seed } = fuzzSettings(5_000)
  t.comment(`SPANGATE_FUZZ_SEED=${seed}`)
  const { outcomes, slowestMs, failure } = runFuzz(propagationTarget, seed, inputs)
  t.equal(failure, undefined)
  t.comment(JSON.stringify(Object.fromEntries(outcomes)))
  t.ok(slowestMs < 1000, `the slowest input took ${slowestMs.toFixed(1)} ms`)
  for (const outcome of ['read', 'partly read', 'decision', 'nothing']) {
    t.ok(outcomes.has(outcome), `some inputs are ${outcome}`)
  }
})

t.test('decodeJaegerBinary() reads 5,000 changed carriers', async (t) => {
  const { inputs, seed } = fuzzSettings(5_000)
  t.comment(`SPANGATE_FUZZ_SEED=${seed}`)
  const { outcomes, slowestMs, failure } = runFuzz(jaegerBinaryTarget, seed, inputs)
  t.equal(failure, undefined)
  t.comment(JSON.stringify(Object.fromEntries(outcomes)))
  t.ok(slowestMs < 1000, `the slowest input took ${slowestMs.toFixed(1)} ms`)
  for (const outcome of ['read', 'partly read', 'nothing']) {
    t.ok(outcomes.has(outcome), `some inputs are ${outcome}`)
  }
})
