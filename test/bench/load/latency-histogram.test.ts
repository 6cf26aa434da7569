import t from 'tap'
import { LatencyHistogram } from '../../../bench/load/latency-histogram.ts'

t.test('quantileMs() is within 1.6 % of the exact one', async (t) => {
  const histogram = new LatencyHistogram()
  t.equal(histogram.quantileMs(0.5), 0, 'nothing yet')
  for (let value = 1; value <= 10_000; value++) histogram.record(value / 10)
  for (const share of [0.01, 0.5, 0.9, 0.99, 0.999]) {
    const exact = share * 1000
    const error = Math.abs(histogram.quantileMs(share) - exact) / exact
    t.ok(error <= 1 / 60, `${share}: ${histogram.quantileMs(share)}`)
  }
  t.equal(histogram.quantileMs(1), 1000)
  t.equal(histogram.maxMs, 1000)
  t.equal(histogram.count, 10_000)
  t.equal(Math.round(histogram.meanMs), 500)
  histogram.reset()
  t.match({ count: histogram.count, max: histogram.maxMs }, { count: 0, max: 0 })
})

t.test('record() takes nothing, less than a microsecond and days', async (t) => {
  const histogram = new LatencyHistogram()
  for (const value of [0, 0.0001, 1e9]) histogram.record(value)
  t.equal(histogram.count, 3)
  t.ok(histogram.quantileMs(0.01) <= 0.002)
  t.equal(histogram.quantileMs(1) > 1e8, true)
})
