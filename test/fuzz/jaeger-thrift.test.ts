import t from 'tap'
import { jaegerThriftTarget, thriftBatchTarget } from './jaeger-thrift-target.ts'
import { fuzzSettings, runFuzz } from './run-fuzz.ts'

for (const protocol of ['compact', 'binary'] as const) {
  t.test(`writeMessage() takes or refuses 8,000 changed ${protocol} datagrams`, async (t) => {
    const { inputs, seed } = fuzzSettings(8_000)
    t.comment(`SPANGATE_FUZZ_SEED=${seed}`)
    const { outcomes, slowestMs, failure } = runFuzz(jaegerThriftTarget(protocol), seed, inputs)
    t.equal(failure, undefined)
    t.comment(JSON.stringify(Object.fromEntries(outcomes)))
    t.ok(slowestMs < 2000, `the slowest input took ${slowestMs.toFixed(1)} ms`)
    for (const outcome of ['refused', 'rejected', 'fields skipped', 'taken', 'unknown_method']) {
      t.ok(outcomes.has(outcome), `some inputs are ${outcome}`)
    }
  })
}

for (const protocol of ['compact', 'binary'] as const) {
  t.test(`decodeThriftBatch() takes or refuses 4,000 changed ${protocol} bodies`, async (t) => {
    const { inputs, seed } = fuzzSettings(4_000)
    t.comment(`SPANGATE_FUZZ_SEED=${seed}`)
    const { outcomes, slowestMs, failure } = runFuzz(thriftBatchTarget(protocol), seed, inputs)
    t.equal(failure, undefined)
    t.comment(JSON.stringify(Object.fromEntries(outcomes)))
    t.ok(slowestMs < 2000, `the slowest input took ${slowestMs.toFixed(1)} ms`)
    for (const outcome of ['refused', 'rejected', 'fields skipped', 'taken']) {
      t.ok(outcomes.has(outcome), `some inputs are ${outcome}`)
    }
  })
}
