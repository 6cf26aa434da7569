import t from 'tap'
import { TemplateSet } from '../../bench/load/templates.ts'
import { besideYardstick, Yardstick, yardstickOfReference } from '../../bench/yardstick.ts'

t.test('besideYardstick() compares with the mean of the runs around it', (t) => {
  const result = { figures: { 'server spans per cpu second': 150_000 }, refused: {} }
  const figures = besideYardstick(result, [700_000, 500_000])
  t.equal(figures['yardstick spans per cpu second'], 600_000)
  t.equal(figures['server to yardstick ratio'], 0.25)
  t.equal(
    figures['derived spans per cpu second at the reference yardstick'],
    yardstickOfReference / 4,
  )
  t.end()
})

t.test('measure() gives what a bare server takes, and ends its process', async (t) => {
  const few = { format: 'otlp', batch: 100, spanBytes: 422, seed: 1, distinctSpans: 4000 } as const
  const options = { durationMs: 500, warmupMs: 200, seed: 1 }
  const yardstick = new Yardstick(options, TemplateSet.build(few))
  const spans = await yardstick.measure()
  t.ok(spans > 10_000 && spans < 100_000_000, `${spans}`)
})
