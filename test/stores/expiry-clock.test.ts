import t from 'tap'
import { ExpiryClock } from '../../src/stores/expiry-clock.ts'

const hour = 3_600_000
const retentionMs = 72 * hour
const begin = 1_700_000_000_000

/** A clock whose two hands are moved by hand, and what it was told. */
function clockAt(wallMs: number, newestArrivalUnixMs?: number) {
  const hands = { wallMs, monotonicMs: 5 }
  const events: string[] = []
  const clock = new ExpiryClock({
    clock: { nowUnixMs: () => hands.wallMs, monotonicMs: () => hands.monotonicMs },
    retentionMs,
    graceMs: 24 * hour,
    newestArrivalUnixMs,
    onPaused: (jumpMs) => events.push(`paused ${jumpMs / hour}`),
    onResumed: () => events.push('resumed'),
  })
  const pass = (ms: number): void => {
    hands.wallMs += ms
    hands.monotonicMs += ms
  }
  const kept = (): number => (clock.keptSinceUnixMs() - begin + retentionMs) / hour
  return { hands, events, pass, kept }
}

t.test('keptSinceUnixMs() follows the clock', async (t) => {
  const { pass, kept, events } = clockAt(begin)
  t.equal(kept(), 0)
  for (let day = 1; day <= 3; day++) {
    pass(24 * hour)
    t.equal(kept(), 24 * day)
  }
  t.same(events, [])
})

t.test('keptSinceUnixMs() never goes back by a step of up to an hour', async (t) => {
  const { hands, kept, pass } = clockAt(begin)
  pass(hour)
  t.equal(kept(), 1)
  hands.wallMs -= hour
  t.equal(kept(), 1)
  pass(hour / 2)
  t.equal(kept(), 1)
  pass(hour)
  t.equal(kept(), 1.5)
})

t.test('keptSinceUnixMs() goes back with a clock that does by more', async (t) => {
  const { hands, kept, pass, events } = clockAt(begin)
  hands.wallMs += 240 * hour
  t.equal(kept(), 0)
  pass(24 * hour)
  t.equal(kept(), 264, 'it is believed after the grace')
  hands.wallMs -= 240 * hour
  t.equal(kept(), 24, 'what arrives now must not be expired')
  pass(hour)
  t.equal(kept(), 25)
  t.same(events, ['paused 240', 'resumed'])
  // Two steps of less are one of more together.
  hands.wallMs -= 0.75 * hour
  t.equal(kept(), 25)
  hands.wallMs -= 0.75 * hour
  t.equal(kept(), 23.5)
})

t.test('keptSinceUnixMs() takes a step of up to an hour', async (t) => {
  const { hands, kept, events } = clockAt(begin)
  hands.wallMs += hour
  t.equal(kept(), 1)
  t.same(events, [])
})

t.test(
  'keptSinceUnixMs() waits while the clock is ahead, and goes on when it is back',
  async (t) => {
    const { hands, kept, pass, events } = clockAt(begin)
    hands.wallMs += 1000 * hour
    t.equal(kept(), 0)
    pass(hour)
    t.equal(kept(), 0)
    hands.wallMs -= 1000 * hour
    t.equal(kept(), 1)
    t.same(events, ['paused 1000', 'resumed'])
  },
)

t.test('keptSinceUnixMs() believes a clock that stays ahead for the grace', async (t) => {
  const { hands, kept, pass, events } = clockAt(begin)
  hands.wallMs += 1000 * hour
  t.equal(kept(), 0)
  pass(23 * hour)
  t.equal(kept(), 0)
  pass(hour)
  t.equal(kept(), 1024)
  t.same(events, ['paused 1000', 'resumed'])
  pass(hour)
  t.equal(kept(), 1025)
})

t.test(
  'keptSinceUnixMs() does not believe a clock that starts far past the newest arrival',
  async (t) => {
    const { pass, kept, events } = clockAt(begin + 80 * hour, begin)
    t.equal(kept(), 0)
    pass(23 * hour)
    t.equal(kept(), 0)
    t.same(events, ['paused 80'])
    pass(hour)
    t.equal(kept(), 104, 'it stayed there')
    t.same(events, ['paused 80', 'resumed'])
  },
)
