import t from 'tap'
import { SamplingRules } from '../../../bridge/opentelemetry/sampling-rules.ts'
import { TokenBucket } from '../../../bridge/opentelemetry/token-bucket.ts'

const limits = { operationsMax: 3 }
/** Kept by every share but none, and by a share of 1 alone. */
const most = { high: 0xffffff, low: 0xffffffff }
const least = { high: 0, low: 0 }
const share = (probability: number) => ({ kind: 'probabilistic', probability }) as const
const rate = (tracesPerSecond: number) => ({ kind: 'ratelimiting', tracesPerSecond }) as const
const operations = {
  defaultProbability: 0.5,
  lowerBoundPerSecond: 0,
  upperBoundPerSecond: 0,
  listed: [
    { operation: 'all', probability: 1 },
    { operation: 'none', probability: 0 },
  ],
}

t.test('TokenBucket lets so many a second through, and is full at the start', async (t) => {
  const bucket = new TokenBucket(2, 0)
  const takes = (nowMs: number) => bucket.take(nowMs)
  t.strictSame([0, 0, 0].map(takes), [true, true, false])
  t.strictSame([499, 500, 500].map(takes), [false, true, false])
  t.strictSame([60_000, 60_000, 60_000].map(takes), [true, true, false], 'no more than two at once')
})

t.test('TokenBucket of less than one a second lets one through at the start', async (t) => {
  const bucket = new TokenBucket(0.1, 0)
  t.strictSame(
    [0, 0, 9_999, 10_000, 10_001].map((nowMs) => bucket.take(nowMs)),
    [true, false, false, true, false],
  )
})

t.test(
  'TokenBucket of 0 lets nothing through, and a clock that goes back adds nothing',
  async (t) => {
    t.notOk(new TokenBucket(0, 0).take(1e9))
    const bucket = new TokenBucket(1, 1000)
    t.ok(bucket.take(1000))
    t.notOk(bucket.take(0))
    t.notOk(bucket.take(999))
  },
)

t.test('decide() goes by the share of an operation, else by what the others share', async (t) => {
  const rules = new SamplingRules({ service: share(0), operations }, limits, 0)
  t.strictSame(rules.decide('all', least, 0), {
    isSampled: true,
    threshold: '0',
    attributes: { 'sampler.type': 'probabilistic', 'sampler.param': 1 },
  })
  t.equal(rules.decide('none', most, 0).isSampled, false)
  t.match(rules.decide('other', most, 0), { isSampled: true, threshold: '8' })
  t.equal(rules.decide('other', least, 0).isSampled, false)
})

t.test('decide() of a rate without operations keeps so many, without a share', async (t) => {
  const rules = new SamplingRules({ service: rate(2), operations: undefined }, limits, 0)
  const kept = {
    isSampled: true,
    threshold: undefined,
    attributes: { 'sampler.type': 'ratelimiting', 'sampler.param': 2 },
  }
  t.strictSame(rules.decide('a', least, 0), kept)
  t.strictSame(rules.decide('b', least, 0), kept)
  t.equal(rules.decide('c', most, 0).isSampled, false)
})

t.test('decide() of a rate with operations goes by shares', async (t) => {
  const rules = new SamplingRules({ service: rate(0), operations }, limits, 0)
  t.ok(rules.decide('all', least, 0).isSampled)
  t.ok(rules.decide('other', most, 0).isSampled)
})

const bounded = { ...operations, defaultProbability: 0, lowerBoundPerSecond: 1 }

t.test('decide() keeps rare operations by their lower bound, each by itself', async (t) => {
  const rules = new SamplingRules({ service: share(0), operations: bounded }, limits, 0)
  t.strictSame(rules.decide('none', least, 0), {
    isSampled: true,
    threshold: undefined,
    attributes: { 'sampler.type': 'lowerbound', 'sampler.param': 1 },
  })
  t.notOk(rules.decide('none', least, 500).isSampled)
  t.ok(rules.decide('other', least, 500).isSampled)
  t.ok(rules.decide('none', least, 1000).isSampled)
  // What a share keeps counts for the bound.
  t.match(rules.decide('all', least, 2000), { threshold: '0' })
  t.match(rules.decide('all', least, 2000), { threshold: '0' })
})

t.test(
  'decide() has a bound of its own for so many operations, and one for the rest',
  async (t) => {
    const rules = new SamplingRules({ service: share(0), operations: bounded }, limits, 0)
    for (const name of ['a', 'b', 'c', 'd']) t.ok(rules.decide(name, least, 0).isSampled, name)
    for (const name of ['e', 'f', 'a']) t.notOk(rules.decide(name, least, 0).isSampled, name)
  },
)

t.test(
  'SamplingRules go on with the buckets of those before, where the rates are alike',
  async (t) => {
    const first = new SamplingRules({ service: rate(1), operations: undefined }, limits, 0)
    t.ok(first.decide('a', least, 0).isSampled)
    const same = new SamplingRules({ service: rate(1), operations: undefined }, limits, 0, first)
    t.notOk(same.decide('a', least, 0).isSampled)
    const other = new SamplingRules({ service: rate(2), operations: undefined }, limits, 0, first)
    t.ok(other.decide('a', least, 0).isSampled)
    const bounds = new SamplingRules({ service: share(0), operations: bounded }, limits, 0)
    t.ok(bounds.decide('x', least, 0).isSampled)
    const changed = { ...bounded, listed: [] }
    const next = new SamplingRules({ service: share(0), operations: changed }, limits, 0, bounds)
    t.notOk(next.decide('x', least, 0).isSampled)
  },
)
