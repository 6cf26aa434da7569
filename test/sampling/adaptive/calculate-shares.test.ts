import t from 'tap'
import type { Random } from '../../../src/cli/generate/random.ts'
import { createRandom } from '../../../src/cli/generate/random.ts'
import type { Shares } from '../../../src/sampling/adaptive/calculate-shares.ts'
import { calculateShares } from '../../../src/sampling/adaptive/calculate-shares.ts'
import type { AdaptiveParameters } from '../../../src/sampling/adaptive/parameters.ts'
import type { Bucket } from '../../../src/sampling/adaptive/throughput.ts'
import { Throughput } from '../../../src/sampling/adaptive/throughput.ts'

/** Jaeger's defaults. */
const parameters: AdaptiveParameters = {
  targetPerSecond: 1,
  tolerance: 0.3,
  intervalMs: 60_000,
  delayMs: 120_000,
  buckets: 1,
  initialProbability: 0.001,
  minProbability: 1e-5,
  minPerSecond: 1 / 60,
}

const sharesOf = (probability: number, idle = 0): Shares =>
  new Map([['cart', new Map([['pay', { probability, idle }]])]])

/** So many spans in a minute, kept by this share. */
function bucketOf(kept: number, share = 1): Bucket {
  return new Map([['cart', new Map([['pay', { kept, estimated: kept / share }]])]])
}

const next = (share: number, buckets: readonly Bucket[], others = {}) =>
  calculateShares(sharesOf(share), buckets, { ...parameters, ...others })
    .get('cart')
    ?.get('pay')?.probability

/** Of so many spans a minute at a target of 60. */
const shareFor = (perMinute: number) => 60 / perMinute

for (const [what, share, bucket, expected] of [
  ['a rate near the target changes nothing', 0.1, bucketOf(70, 0.1), 0.1],
  ['a rate further away does', 0.1, bucketOf(40, 0.1), shareFor(400 + 10)],
  ['a rate over the target brings it down at once', 0.5, bucketOf(60_000, 0.5), shareFor(120_002)],
  ['a rate below it at most doubles it', 0.001, bucketOf(1, 0.001), 0.002],
  ['a rate not so far below it less', 0.1, bucketOf(30, 0.1), shareFor(300 + 10)],
  ['nothing doubles it', 0.001, bucketOf(0), 0.002],
  ['spans count by the share that kept them', 0.1, bucketOf(300, 0.9), shareFor(300 / 0.9 + 10)],
  ['no share is below the least', 0.00002, bucketOf(6_000_000, 0.00002), 1e-5],
  ['no share is over 1', 0.9, bucketOf(6, 0.9), 1],
] as const) {
  t.test(`calculateShares(): ${what}`, async (t) => {
    const found = next(share, [bucket])
    t.ok(Math.abs((found ?? 0) - expected) < 1e-9, `${found}, expected ${expected}`)
  })
}

t.test('calculateShares() begins with the first share, and forgets what is idle', async (t) => {
  t.same(calculateShares(new Map(), [bucketOf(60, 0.001)], parameters), sharesOf(0.001))
  t.same(calculateShares(sharesOf(0.5), [], parameters), sharesOf(0.5), 'nothing has ended')
  let shares = sharesOf(0.5)
  for (let minute = 1; minute <= 10; minute++) {
    shares = calculateShares(shares, [new Map()], parameters)
    t.equal(shares.get('cart')?.get('pay')?.idle, minute)
  }
  t.same(calculateShares(shares, [bucketOf(60)], parameters), sharesOf(1), 'it is back')
  t.equal(calculateShares(shares, [new Map()], parameters).size, 0)
})

t.test('calculateShares() of three buckets weighs the newest most', async (t) => {
  const buckets = [bucketOf(600, 0.1), bucketOf(0), bucketOf(0)]
  const found = next(0.1, buckets, { buckets: 3 }) ?? 0
  t.ok(Math.abs(found - shareFor((6000 * 81) / 98 + 10)) < 1e-9, String(found))
})

t.test('calculateShares() brings rates of five orders to the target in 20 minutes', async (t) => {
  const random = createRandom(11)
  for (let run = 0; run < 300; run++) {
    const rate = 10 ** (random.next() * 5 - 2)
    const minutes = keptByMinute(() => rate, 60, random)
    const mean = meanOf(minutes.slice(20, 60))
    const expected = Math.min(1, rate)
    // 40 minutes of a rare operation are few spans.
    const deviation = 5 * Math.sqrt(expected / (40 * 60))
    if (Math.abs(mean - expected) > 0.3 * expected + deviation)
      t.fail(`${mean} of ${rate} a second`)
  }
})

t.test('calculateShares() has a burst of a hundred times back within two minutes', async (t) => {
  const random = createRandom(12)
  for (let run = 0; run < 100; run++) {
    const minutes = keptByMinute((minute) => (minute < 30 ? 10 : 1000), 60, random)
    const over = minutes.slice(30).filter((perSecond) => perSecond > 3)
    if (over.length > 2) t.fail(`${over.length} minutes`)
  }
})

/** What is kept a second in each minute, clients being told a minute late. */
function keptByMinute(
  rateOf: (minute: number) => number,
  minutes: number,
  random: Random,
): readonly number[] {
  let shares: Shares = new Map()
  let told = 0.001
  return Array.from({ length: minutes }, (_, minute) => {
    const latest = shares.get('cart')?.get('pay')?.probability ?? 0.001
    const kept = poisson(rateOf(minute) * told * 60, random)
    shares = calculateShares(shares, [bucketOf(kept, told)], parameters)
    told = latest
    return kept / 60
  })
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}

/** By Knuth for few, by a normal distribution for many. */
function poisson(mean: number, random: Random): number {
  if (mean > 50) {
    const normal =
      Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next())
    return Math.max(0, Math.round(mean + normal * Math.sqrt(mean)))
  }
  let count = 0
  for (let product = random.next(); product > Math.exp(-mean); product *= random.next()) count += 1
  return count
}

t.test('Throughput counts what shares kept, and knows what was kept otherwise', async (t) => {
  let dropped = 0
  const throughput = new Throughput({ servicesMax: 2, operationsMax: 2 }, () => {
    dropped += 1
  })
  const kept = (probability: number) => ({ kind: 'share', probability }) as const
  throughput.observe('cart', 'pay', kept(0.5))
  throughput.observe('cart', 'pay', kept(0.5))
  throughput.observe('cart', 'pay', kept(0.25))
  throughput.observe('cart', 'rare', { kind: 'other' })
  throughput.observe('cart', 'third', kept(1))
  throughput.observe('stock', 'x', kept(1))
  throughput.observe('third', 'x', kept(1))
  const bucket = throughput.take()
  t.same(bucket.get('cart')?.get('pay'), { kept: 3, estimated: 8 })
  t.same(bucket.get('cart')?.get('rare'), { kept: 0, estimated: 0 })
  t.same([...bucket.keys()], ['cart', 'stock'])
  t.equal(dropped, 2)
  t.equal(throughput.take().size, 0)
})
