import t from 'tap'
import { choiceOf, durationMsOf, endpointOf, numberOf } from '../../bench/options.ts'
import { spreadOf, spreadsOf, sumCounts, tableOf, text } from '../../bench/report.ts'
import { slopePerSecond } from '../../bench/slope.ts'

t.test('spreadOf() gives the median, the bounds and the values as they came', async (t) => {
  t.same(spreadOf([3, 1, 2]), { median: 2, min: 1, max: 3, values: [3, 1, 2] })
  t.equal(spreadOf([4, 1, 2, 3]).median, 2.5)
  t.same(spreadsOf([{ a: 1 }, { a: 3 }])['a'], { median: 2, min: 1, max: 3, values: [1, 3] })
  const { b } = spreadsOf([{ a: 1 }, { a: 3, b: 2 }])
  t.same(b, { median: 2, min: 2, max: 2, values: [2] }, 'which one run could not measure')
})

t.test('sumCounts() adds by name', async (t) => {
  t.same(sumCounts([{ a: 1 }, { a: 2, b: 3 }]), { a: 3, b: 3 })
})

t.test('slopePerSecond() is that of the best line', async (t) => {
  t.equal(slopePerSecond([1, 3, 5, 7], 2), 1)
  t.equal(slopePerSecond([5, 5, 5], 1), 0)
  t.equal(slopePerSecond([5], 1), 0)
  t.equal(slopePerSecond([0, 2, 1, 3], 1), 0.8)
})

t.test('text() keeps three figures or more, and tableOf() aligns', async (t) => {
  t.same([12_345.6, 12.34, 1.234, 0.1234, Number.NaN].map(text), [
    '12,346',
    '12.3',
    '1.23',
    '0.123',
    'n/a',
  ])
  t.equal(
    tableOf([
      ['a', 'value'],
      ['long', '1'],
    ]),
    'a     value\nlong      1',
  )
})

t.test('options name their flag when they cannot be used', async (t) => {
  t.equal(durationMsOf('d', '1.5s'), 1500)
  t.equal(durationMsOf('d', '5m'), 300_000)
  t.throws(() => durationMsOf('d', '5'), /--d: must be a duration/)
  t.equal(numberOf('n', '3', { min: 1 }), 3)
  t.throws(() => numberOf('n', '', { min: 0 }), /--n: must be a number/)
  t.throws(() => numberOf('n', '0', { min: 1, max: 2 }), /from 1 to 2, is "0"/)
  t.equal(choiceOf('c', 'a', ['a', 'b']), 'a')
  t.throws(() => choiceOf('c', 'x', ['a', 'b']), /must be a, b/)
  t.same(endpointOf('t', 'localhost:4317'), { host: 'localhost', port: 4317 })
  t.throws(() => endpointOf('t', '4317'), /host:port/)
})
