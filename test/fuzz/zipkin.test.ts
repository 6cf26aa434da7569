import t from 'tap'
import { fuzzSettings, runFuzz } from './run-fuzz.ts'
import { zipkinFormats, zipkinTarget } from './zipkin-target.ts'

// Some seconds of work, and the machine may be busy with other tests.
t.setTimeout(120_000)

// Those that are not too seldom to be counted on.
const outcomesOf = {
  'v2 JSON': ['refused as bad_json', 'refused as truncated', 'partly rejected'],
  'v2 protobuf': ['refused as bad_length', 'partly rejected', 'taken'],
  'v1 JSON': ['refused as bad_json', 'refused as truncated', 'partly rejected'],
  'v1 Thrift': ['refused as truncated', 'refused as bad_wire_type'],
  'v1 compact Thrift': ['refused as truncated', 'refused as bad_wire_type'],
} as const

for (const format of Object.keys(zipkinFormats) as (keyof typeof zipkinFormats)[]) {
  t.test(`Zipkin's ${format} takes or refuses 1,500 changed bodies`, async (t) => {
    const { inputs, seed } = fuzzSettings(1_500)
    t.comment(`SPANGATE_FUZZ_SEED=${seed}`)
    const { outcomes, slowestMs, failure } = runFuzz(zipkinTarget(format), seed, inputs)
    t.equal(failure, undefined)
    t.comment(JSON.stringify(Object.fromEntries(outcomes)))
    t.ok(slowestMs < 2000, `the slowest input took ${slowestMs.toFixed(1)} ms`)
    for (const outcome of [...outcomesOf[format], 'repaired']) {
      t.ok(outcomes.has(outcome), `some inputs are ${outcome}`)
    }
  })
}
