import { pino } from 'pino'
import t from 'tap'
import { AdaptiveStrategies } from '../../../src/sampling/adaptive/adaptive-strategies.ts'
import type { KeptBy } from '../../../src/sampling/adaptive/throughput.ts'

const counted: Record<string, number> = {}
const metrics = {
  add: (_: string, value: number, labels: Readonly<Record<string, string>>) => {
    const key = labels['kept_by'] ?? ''
    counted[key] = (counted[key] ?? 0) + value
  },
  observe: () => {},
}

function start(delayMs: number) {
  const strategies = new AdaptiveStrategies({
    targetPerSecond: 1,
    tolerance: 0.3,
    // The timer never comes; the test calculates.
    intervalMs: 60_000,
    delayMs,
    buckets: 1,
    initialProbability: 0.001,
    minProbability: 1e-5,
    minPerSecond: 0.5,
    servicesMax: 10,
    operationsMax: 2,
    metrics,
    logger: pino({ level: 'silent' }),
  })
  t.teardown(() => strategies.close())
  const observe = (times: number, keptBy: KeptBy | undefined, operation = 'pay') => {
    for (let at = 0; at < times; at++) strategies.observe('cart', operation, keptBy)
  }
  const share = (operation = 'pay') => {
    const listed = strategies.current.byService.get('cart')?.operations?.listed
    return listed?.find((one) => one.operation === operation)?.probability
  }
  return { strategies, observe, share }
}

const keptBy = (probability: number): KeptBy => ({ kind: 'share', probability })

t.test('AdaptiveStrategies tells everybody the first share and the lower bound', async (t) => {
  const { strategies } = start(0)
  t.strictSame(strategies.current.byDefault, {
    service: { kind: 'probabilistic', probability: 0.001 },
    operations: {
      defaultProbability: 0.001,
      lowerBoundPerSecond: 0.5,
      upperBoundPerSecond: 0,
      listed: [],
    },
  })
})

t.test('AdaptiveStrategies bring an operation to its target, and leave others', async (t) => {
  const { strategies, observe, share } = start(0)
  observe(600, keptBy(0.001))
  observe(60, { kind: 'other' }, 'rare')
  strategies.calculate(60_000)
  t.ok(Math.abs((share() ?? 0) - 60 / 601_000) < 1e-9, String(share()))
  t.equal(share('rare'), 0.002, 'no share has kept any')
  observe(60, keptBy(60 / 601_000))
  const before = share()
  strategies.calculate(120_000)
  t.equal(share(), before, 'at the target')
})

t.test('AdaptiveStrategies wait for their delay before spans count', async (t) => {
  const { strategies, observe, share } = start(120_000)
  observe(600, keptBy(0.001))
  strategies.calculate(60_000)
  strategies.calculate(120_000)
  t.equal(share(), undefined)
  strategies.calculate(180_000)
  t.ok((share() ?? 1) < 0.001)
})

t.test(
  'AdaptiveStrategies take spans that tell nothing for kept by the share of the moment',
  async (t) => {
    const { strategies, observe, share } = start(0)
    observe(600, undefined)
    strategies.calculate(60_000)
    const first = share() ?? 0
    t.ok(Math.abs(first - 60 / 601_000) < 1e-9, String(first))
    observe(60, undefined)
    strategies.calculate(120_000)
    t.equal(share(), first, 'at the target')
    t.equal(counted['untold'], 660)
  },
)

t.test('AdaptiveStrategies count no more operations than they may', async (t) => {
  const { strategies, observe } = start(0)
  for (const operation of ['a', 'b', 'c', 'd']) observe(1, undefined, operation)
  strategies.calculate(60_000)
  t.equal(strategies.current.byService.get('cart')?.operations?.listed.length, 2)
  t.equal(counted['not_counted'], 2)
})

t.test('AdaptiveStrategies forget an operation after ten intervals without a span', async (t) => {
  const { strategies, observe, share } = start(0)
  observe(1, undefined)
  for (let minute = 1; minute <= 11; minute++) strategies.calculate(minute * 60_000)
  t.ok((share() ?? 0) > 0.001)
  strategies.calculate(12 * 60_000)
  t.equal(share(), undefined)
})
