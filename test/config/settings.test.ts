import t from 'tap'
import type { Setting } from '../../src/config/setting.ts'
import { settings } from '../../src/config/settings.ts'

/** Node's timers take a longer one for 1 ms. */
const timerMsMax = 2 ** 31 - 1
/** These are compared with clocks, and nobody waits for them. */
const compared = [
  'admission.stalled-after',
  'sampling.adaptive.forget-after',
  'store.clock-grace',
  'store.retention',
]

t.test('settings allow no duration that a timer could not wait for', async (t) => {
  const durations = Object.entries<Setting>(settings).filter(
    ([, { type }]) => type === 'durationMs',
  )
  const unbounded = durations
    .filter(([, { max = Number.POSITIVE_INFINITY }]) => max > timerMsMax)
    .map(([name]) => name)
  t.same(unbounded.sort(), compared)
})
