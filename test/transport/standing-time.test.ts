import t from 'tap'
import { StandingTime } from '../../src/transport/standing-time.ts'

/** With a clock of its own; `answer` lets so many requests end evenly over half a second. */
function build(busyShare = 1) {
  let nowMs = 0
  const standing = new StandingTime({
    targetMs: 1000,
    now: () => nowMs,
    busyShare: () => busyShare,
  })
  const answer = (requests: number, tookMs: number, insideMs = 0): void => {
    for (let count = 0; count < requests; count++) {
      nowMs += 500 / requests
      standing.answered({ tookMs, insideMs })
    }
  }
  return { standing, answer, wait: (ms: number) => (nowMs += ms) }
}

t.test('any number of requests may be under way while they do not take long', async (t) => {
  const { standing, answer } = build()
  t.equal(standing.requestsMax, Number.POSITIVE_INFINITY)
  answer(50, 999)
  t.equal(standing.requestsMax, Number.POSITIVE_INFINITY)
  t.equal(standing.standingMs, undefined)
  t.equal(standing.meanMs, 999)
})

t.test('once they take long, as many as are answered within the target', async (t) => {
  const { standing, answer, wait } = build()
  answer(50, 1001)
  t.equal(standing.requestsMax, 100)
  t.equal(standing.standingMs, 0)
  // What one window says counts half.
  answer(100, 1001)
  t.equal(standing.requestsMax, 150)
  wait(300)
  t.equal(standing.standingMs, 800)
})

t.test('that ends when they take half of the target', async (t) => {
  const { standing, answer } = build()
  answer(50, 1001)
  answer(50, 501)
  t.equal(standing.requestsMax, 100)
  answer(50, 499)
  t.equal(standing.requestsMax, Number.POSITIVE_INFINITY)
  t.equal(standing.standingMs, undefined)
})

t.test('a few requests may be under way however slow they are', async (t) => {
  const { standing, answer } = build()
  answer(1, 60_000)
  t.equal(standing.requestsMax, 10)
})

t.test('slow clients are no standing queue, a slow store is', async (t) => {
  const { standing, answer } = build(0.5)
  answer(50, 60_000, 400)
  t.equal(standing.standingMs, undefined, 'their messages took long to arrive')
  answer(50, 2000, 600)
  t.equal(standing.requestsMax, 100, 'they waited after their last byte')
  answer(50, 60_000, 400)
  t.equal(standing.standingMs, undefined, 'and no longer do')
})
