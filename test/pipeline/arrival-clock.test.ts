import t from 'tap'
import { createArrivalClock, stepBackMsMax } from '../../src/pipeline/arrival-clock.ts'
import { jumpMsMin } from '../../src/stores/expiry-clock.ts'

const hour = 3_600_000
const begin = 1_900_000_000_000

/** An arrival clock, in ms since `begin`, whose two clocks are moved by hand. */
function clockAt(wallMs: number) {
  const hands = { wallMs, monotonicMs: 7 }
  const clock = createArrivalClock({
    nowUnixMs: () => hands.wallMs,
    monotonicMs: () => hands.monotonicMs,
  })
  const pass = (ms: number): void => {
    hands.wallMs += ms
    hands.monotonicMs += ms
  }
  return { hands, pass, arrival: () => clock() - begin }
}

t.test(
  'createArrivalClock() gives whole milliseconds and never runs a little backwards',
  async (t) => {
    const { hands, arrival } = clockAt(begin)
    const times = [1000.9, 1001, 400, 1000.99, 1002.5].map((ms) => {
      hands.wallMs = begin + ms
      return arrival()
    })
    t.same(times, [1000, 1001, 1001, 1001, 1002])
  },
)

t.test('createArrivalClock() holds still after a step back of up to an hour', async (t) => {
  const { hands, pass, arrival } = clockAt(begin)
  t.equal(arrival(), 0)
  hands.wallMs -= hour
  t.equal(arrival(), 0)
  pass(hour / 2)
  t.equal(arrival(), 0)
  pass(hour / 2)
  t.equal(arrival(), 0)
  pass(5)
  t.equal(arrival(), 5, 'and goes on when it is there again')
})

t.test('createArrivalClock() follows a larger step back, at once and for good', async (t) => {
  const { hands, pass, arrival } = clockAt(begin)
  hands.wallMs += 240 * hour
  t.equal(arrival(), 240 * hour, 'it was days ahead')
  pass(hour)
  t.equal(arrival(), 241 * hour)
  hands.wallMs -= 240 * hour
  t.equal(arrival(), hour)
  pass(1000)
  t.equal(arrival(), hour + 1000)
})

t.test('createArrivalClock() measures a step by the monotonic clock', async (t) => {
  const { hands, pass, arrival } = clockAt(begin)
  t.equal(arrival(), 0)
  // Nothing arrived for half an hour, in which the clock was set back by 61 minutes.
  pass(hour / 2)
  hands.wallMs -= hour + 60_000
  t.equal(arrival(), -hour / 2 - 60_000)
})

t.test(
  'createArrivalClock() follows small steps back once they are a large one together',
  async (t) => {
    const { hands, pass, arrival } = clockAt(begin)
    t.equal(arrival(), 0)
    hands.wallMs -= 0.75 * hour
    pass(1)
    t.equal(arrival(), 0)
    hands.wallMs -= 0.75 * hour
    pass(1)
    t.equal(arrival(), -1.5 * hour + 2)
  },
)

t.test('arrivals come back when expiry does', async (t) => {
  t.equal(stepBackMsMax, jumpMsMin)
})
