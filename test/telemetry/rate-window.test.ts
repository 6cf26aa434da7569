import t from 'tap'
import { RateWindow } from '../../src/telemetry/rate-window.ts'

/** A window over one total that the test moves, with the time. */
function windowOf(windowMs = 60_000) {
  const state = { nowMs: 0, total: 0 }
  const read = () => new Map([['spans', state.total]])
  const window = new RateWindow({ read, windowMs, everyMs: 1e9, now: () => state.nowMs })
  const pass = (ms: number, more: number): void => {
    state.nowMs += ms
    state.total += more
  }
  const rate = () => {
    const rates = window.rates(read())
    return { seconds: rates.seconds, spans: rates.of('spans'), nothing: rates.of('nothing') }
  }
  return { window, pass, rate }
}

t.test('rates() are the mean of the window, less after the start', async (t) => {
  const { window, pass, rate } = windowOf()
  t.same(rate(), { seconds: 1, spans: 0, nothing: 0 })
  pass(500, 10)
  t.same(rate(), { seconds: 1, spans: 10, nothing: 0 }, 'a mean over less than a second is none')
  for (let at = 0; at < 6; at++) {
    pass(5000, 100)
    window.look()
  }
  t.same(rate(), { seconds: 30.5, spans: 20, nothing: 0 })
  window.close()
})

t.test('rates() forget what was before the window', async (t) => {
  const { window, pass, rate } = windowOf()
  pass(5000, 1_000_000)
  window.look()
  for (let at = 0; at < 13; at++) {
    pass(5000, 50)
    window.look()
  }
  const { seconds, spans } = rate()
  t.ok(seconds >= 60 && seconds <= 65, String(seconds))
  t.equal(spans, 10)
  window.close()
})

t.test('a total that was not there before counts from 0', async (t) => {
  let totals = new Map<string, number>()
  let nowMs = 0
  const window = new RateWindow({ read: () => totals, now: () => nowMs })
  nowMs = 10_000
  totals = new Map([['new', 50]])
  t.equal(window.rates(totals).of('new'), 5)
  window.close()
})
