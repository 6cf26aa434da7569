import t from 'tap'
import { fuzzSettings, runFuzz } from '../fuzz/run-fuzz.ts'
import { zipkinFormats, zipkinTarget } from '../fuzz/zipkin-target.ts'

for (const format of Object.keys(zipkinFormats) as (keyof typeof zipkinFormats)[]) {
  t.test(`Zipkin's ${format} takes or refuses a million changed bodies`, async (t) => {
    const { inputs, seed } = fuzzSettings(1_000_000)
    t.comment(`SPANGATE_FUZZ_SEED=${seed}`)
    const before = process.memoryUsage().rss
    const { outcomes, slowestMs, failure } = runFuzz(zipkinTarget(format), seed, inputs)
    t.equal(failure, undefined)
    t.comment(JSON.stringify(Object.fromEntries(outcomes)))
    t.ok(slowestMs < 2000, `the slowest input took ${slowestMs.toFixed(1)} ms`)
    const grownMiB = (process.memoryUsage().rss - before) / 2 ** 20
    t.ok(grownMiB < 512, `memory grew by ${grownMiB.toFixed(0)} MiB`)
  })
}
