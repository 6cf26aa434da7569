import t from 'tap'
import { estimateRate } from '../../../src/sampling/adaptive/estimate-rate.ts'

const none = { kept: 0, seconds: 0 }

t.test('estimateRate() is what was kept over all exposure when enough was kept', (t) => {
  const interval = { kept: 15, seconds: 1.5 }
  const { perSecond, isSure } = estimateRate([interval, interval, interval, interval], none, 1)
  t.equal(perSecond, 10)
  t.equal(isSure, true)
  t.end()
})

t.test('estimateRate() weighs few traces with what was believed', (t) => {
  const few = estimateRate([{ kept: 0, seconds: 15 }], none, 1)
  t.ok(few.perSecond > 0.2 && few.perSecond < 1, `${few.perSecond}`)
  t.equal(few.isSure, false)
  const nothing = estimateRate([{ kept: 0, seconds: 0 }], none, 7)
  t.equal(nothing.perSecond, 7)
  t.end()
})

t.test('estimateRate() forgets what was before the rate changed', (t) => {
  const before = { kept: 15, seconds: 15 }
  const burst = { kept: 1500, seconds: 15 }
  t.equal(estimateRate([burst, before, before, before], before, 1).perSecond, 100)
  const quiet = { kept: 0, seconds: 15 }
  const older = { kept: 300, seconds: 300 }
  const fallen = estimateRate([quiet, quiet, before, before], older, 1)
  t.ok(fallen.perSecond < 0.5, `${fallen.perSecond}`)
  t.end()
})

t.test('estimateRate() takes no chance for a change', (t) => {
  const newest = [
    { kept: 21, seconds: 15 },
    { kept: 11, seconds: 15 },
    { kept: 16, seconds: 15 },
    { kept: 13, seconds: 15 },
  ]
  const { perSecond } = estimateRate(newest, { kept: 239, seconds: 240 }, 1)
  t.equal(perSecond, 1)
  t.end()
})
