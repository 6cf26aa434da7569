import t from 'tap'
import { jaegerJsonTarget } from '../fuzz/jaeger-json-target.ts'
import { fuzzSettings, runFuzz } from '../fuzz/run-fuzz.ts'

t.test('decodeTraces() takes or refuses a million changed documents', async (t) => {
  const { inputs, seed } = fuzzSettings(1_000_000)
  t.comment(`SPANGATE_FUZZ_SEED=${seed}`)
  const before = process.memoryUsage().rss
  const { outcomes, slowestMs, failure } = runFuzz(jaegerJsonTarget, seed, inputs)
  t.equal(failure, undefined)
  t.comment(JSON.stringify(Object.fromEntries(outcomes)))
  t.ok(slowestMs < 2000, `the slowest input took ${slowestMs.toFixed(1)} ms`)
  const grownMiB = (process.memoryUsage().rss - before) / 2 ** 20
  t.ok(grownMiB < 512, `memory grew by ${grownMiB.toFixed(0)} MiB`)
})
