import t from 'tap'
import type { AdaptiveStrategies } from '../../../src/sampling/adaptive/adaptive-strategies.ts'
import { createRandom } from '../../fuzz/random.ts'
import { Cluster, firstMs, intervalMs, isNear, keptBy, leaseMs, observe, share } from './cluster.ts'

t.test('AdaptiveStrategies tells everybody the first share and the lower bound', async (t) => {
  const gateway = new Cluster().add()
  t.strictSame(gateway.current.byDefault, {
    service: { kind: 'probabilistic', probability: 0.001 },
    operations: {
      defaultProbability: 0.001,
      lowerBoundPerSecond: 0.0166667,
      upperBoundPerSecond: 0,
      listed: [],
    },
  })
})

t.test('AdaptiveStrategies bring an operation to its target after one interval', async (t) => {
  const cluster = new Cluster()
  const gateway = cluster.add()
  observe(gateway, 600, keptBy(0.001))
  await cluster.pass(firstMs)
  t.ok(isNear(share(gateway), 15 / 600_000), String(share(gateway)))
  t.match(gateway.status(), {
    mode: 'adaptive',
    services: 1,
    operations: 2,
    adaptive: { isLeader: true, receivers: 1, leader: String(process.pid) },
  })
})

t.test(
  'AdaptiveStrategies that are alone store shares, and no counts until they end',
  async (t) => {
    const cluster = new Cluster(false)
    const first = cluster.add()
    observe(first, 600, keptBy(0.1))
    await cluster.pass(firstMs)
    t.ok(isNear(share(first), 15 / 6000), String(share(first)))
    t.match(first.status(), { operations: 2, adaptive: { isLeader: true, receivers: 1 } })
    for (let at = 0; at < 4; at++) {
      observe(first, 15, keptBy(share(first)))
      await cluster.pass(intervalMs)
    }
    const before = share(first)
    t.ok(isNear(before, 15 / 6000), String(before))
    t.equal(cluster.stored.counts, undefined)
    t.ok((cluster.stored.shares ?? 0) > 0)
    observe(first, 12, keptBy(before))
    observe(first, 4000, keptBy(before), 'busier')
    cluster.kill(first)
    await first.close()
    t.equal(cluster.stored.counts, 1)
    const second = cluster.add()
    await second.ask()
    await second.step()
    t.ok(isNear(share(second), before), `${share(second)}, before ${before}`)
    t.ok(share(second, 'busier') < before / 10, `${share(second, 'busier')}, before ${before}`)
    const busier = share(second, 'busier')
    await cluster.pass(intervalMs * 3)
    t.ok(share(second, 'busier') <= busier * 2, 'and is not counted twice')
  },
)

t.test(
  'AdaptiveStrategies that are alone count as those do who store what they count',
  async (t) => {
    const [alone, shared] = [new Cluster(false), new Cluster()]
    const gateways = [alone.add(), shared.add()] as const
    for (let interval = 0; interval < 12; interval++) {
      for (const gateway of gateways) {
        for (const name of ['a', 'b', 'c', 'd', 'e'])
          observe(gateway, 5 * interval, keptBy(0.1), name)
        observe(gateway, 7, undefined, 'a')
        observe(gateway, 3, { kind: 'other' }, 'b')
        gateway.asked('asks')
      }
      await alone.pass(intervalMs)
      await shared.pass(intervalMs)
    }
    const served = gateways.map(({ current }) =>
      ['cart', 'asks'].map((service) => current.byService.get(service)),
    )
    t.same(served[0], served[1])
    t.equal(served[0]?.[0]?.operations?.listed.length, 3)
  },
)

t.test('AdaptiveStrategies add up what several count; all serve what one calculates', async (t) => {
  const cluster = new Cluster()
  const [first, second, third] = [cluster.add(), cluster.add(), cluster.add()]
  for (const gateway of [first, second, third]) observe(gateway, 200, keptBy(0.001))
  await cluster.pass(firstMs)
  for (const gateway of [first, second, third]) {
    t.ok(isNear(share(gateway), 15 / 600_000), String(share(gateway)))
  }
  t.same(
    [first, second, third].map((gateway) => gateway.status().adaptive?.isLeader),
    [true, false, false],
  )
  const pay = (await second.busiest('cart', 10)).find(({ operation }) => operation === 'pay')
  t.ok(isNear(pay?.observedPerSecond ?? 0, 40_000), `${pay?.observedPerSecond} a second`)
})

t.test('AdaptiveStrategies mind no clock: hours apart, too fast and too slow', async (t) => {
  const cluster = new Cluster()
  cluster.add({}, 3_600_000, 1.01)
  cluster.add({}, -7_200_000, 0.99)
  const third = cluster.add({}, 0)
  const gateways = [...cluster.gateways]
  const random = createRandom(1)
  await cluster.pass(20 * 60_000, () => {
    // 30 traces a second, that each client keeps by what is told.
    for (const gateway of gateways) {
      const told = share(third) || 1
      if (random.below(1e6) < 1e7 * told) observe(gateway, Math.ceil(10 * told), keptBy(told))
    }
  })
  t.ok(share(third) < 1 / 10 && share(third) > 1 / 90, String(share(third)))
  t.ok(isNear(share(gateways[0] as AdaptiveStrategies), share(third)))
})

t.test('AdaptiveStrategies let another one lead when the leader is gone', async (t) => {
  const cluster = new Cluster()
  const [first, second] = [cluster.add(), cluster.add()]
  for (const gateway of [first, second]) observe(gateway, 300, keptBy(0.001))
  const atTarget = () => {
    if (share(second) > 0) observe(second, 1, keptBy(share(second)))
  }
  await cluster.pass(firstMs, atTarget)
  const before = share(second)
  cluster.kill(first)
  await cluster.pass(leaseMs + 5000, atTarget)
  t.equal(second.status().adaptive?.isLeader, true)
  t.ok(isNear(share(second), before), 'it goes on where the other one ended')
  await cluster.pass(60_000, atTarget)
  t.ok(isNear(share(second), before), `${share(second)}, before ${before}`)
})

t.test('AdaptiveStrategies do not forget by a restart', async (t) => {
  const cluster = new Cluster()
  const first = cluster.add()
  observe(first, 600, keptBy(0.1))
  await cluster.pass(firstMs)
  const before = share(first)
  observe(first, 12, keptBy(before))
  observe(first, 4000, keptBy(before), 'busier')
  cluster.kill(first)
  await first.close()
  const second = cluster.add()
  await second.ask()
  await second.step()
  t.ok(isNear(share(second), before), 'known before anything is counted')
  t.ok(share(second, 'busier') < before / 10, 'what was counted last is not lost')
})

t.test(
  'AdaptiveStrategies keep the last shares, and their counts, while the store is away',
  async (t) => {
    const cluster = new Cluster()
    const gateway = cluster.add()
    observe(gateway, 600, keptBy(0.1))
    await cluster.pass(firstMs)
    const before = share(gateway)
    cluster.failure = new Error('away')
    for (let at = 0; at < 10; at++) {
      observe(gateway, 600, keptBy(before))
      await cluster.pass(intervalMs)
    }
    t.equal(share(gateway), before)
    t.ok((cluster.counted['spangate_sampling_store_failures_total counts'] ?? 0) > 0)
    t.equal(gateway.status().adaptive?.leader, undefined, 'nobody is known to lead')
    cluster.failure = undefined
    await cluster.pass(leaseMs + intervalMs * 2)
    t.ok(share(gateway) < before / 10, `${share(gateway)}: 40 times the target was kept, ${before}`)
  },
)

t.test('AdaptiveStrategies take what tells nothing for kept by what was served', async (t) => {
  const cluster = new Cluster()
  const gateway = cluster.add()
  observe(gateway, 600, undefined)
  await cluster.pass(firstMs)
  t.ok(isNear(share(gateway), 15 / 600_000), String(share(gateway)))
  t.equal(cluster.counted['spangate_sampling_roots_total untold'], 600)
})

t.test('AdaptiveStrategies count operations beyond the bound together', async (t) => {
  const cluster = new Cluster()
  const gateway = cluster.add()
  for (let at = 0; at < 10_000; at++) observe(gateway, 1, keptBy(0.1), `operation ${at}`)
  for (let at = 0; at < 20; at++) gateway.observe(`service ${at}`, 'pay', keptBy(1))
  gateway.observe('x'.repeat(1_000_000), 'pay', keptBy(1))
  await cluster.pass(firstMs)
  const served = gateway.current.byService.get('cart')?.operations
  t.equal(served?.listed.length, 3)
  t.ok((served?.defaultProbability ?? 1) < 0.001, `${served?.defaultProbability}`)
  t.equal(gateway.status().services, 10)
  t.equal(cluster.counted['spangate_sampling_roots_total not_counted'], 12)
})

t.test('AdaptiveStrategies know services that only ask, up to half of all', async (t) => {
  const cluster = new Cluster()
  const gateway = cluster.add()
  for (let at = 0; at < 20; at++) gateway.asked(`service ${at}`)
  gateway.asked('')
  t.equal(gateway.status().services, 5)
  await cluster.pass(intervalMs * 100, () => gateway.asked('service 0'))
  const { operations } = gateway.current.byService.get('service 0') ?? {}
  t.equal(operations?.defaultProbability, Math.fround(0.1), 'it looks for its operations')
})

t.test('AdaptiveStrategies wait for their delay before spans count', async (t) => {
  const cluster = new Cluster()
  const gateway = cluster.add({ delayMs: 60_000 })
  observe(gateway, 600, keptBy(0.001))
  await cluster.pass(intervalMs + 58_000)
  t.ok(Number.isNaN(share(gateway)))
  await cluster.pass(40_000)
  t.ok(share(gateway) < 0.001)
})

for (const kind of ['shares', 'state'] as const) {
  t.test(
    `AdaptiveStrategies count once what was calculated while no ${kind} are stored`,
    async (t) => {
      const cluster = new Cluster()
      const [leader, follower] = [cluster.add(), cluster.add()]
      const atTarget = () => {
        const told = share(leader)
        if (told > 0) observe(leader, 1, keptBy(told))
      }
      observe(leader, 600, keptBy(0.001))
      await cluster.pass(firstMs, atTarget)
      const before = share(leader)
      cluster.unwritable.add(kind)
      // Nothing is seen any more, at which a share may double in a minute.
      await cluster.pass(intervalMs * 8)
      const meanwhile = share(leader)
      t.ok(meanwhile <= before * 2.001, `${before}, then ${meanwhile}`)
      const failures = () =>
        cluster.logged.filter((line) => line.startsWith('sampling store fails'))
      t.equal(failures().length, 1, 'it is told once')
      cluster.unwritable.clear()
      await cluster.pass(1000)
      t.equal(leader.status().adaptive?.isLeader, true)
      await cluster.pass(intervalMs, atTarget)
      t.ok(isNear(share(follower), share(leader)))
    },
  )
}

t.test('AdaptiveStrategies serve what the leader calculated, whatever they count', async (t) => {
  const cluster = new Cluster()
  const [leader, follower] = [cluster.add(), cluster.add()]
  const busy = () => {
    for (const name of ['a', 'b', 'c']) observe(leader, 600, keptBy(0.001), name)
    for (const name of ['u', 'v', 'w', 'x', 'y']) observe(follower, 1, keptBy(1), name)
    observe(follower, 2, keptBy(1), 'a')
  }
  for (let at = 0; at < 4; at++) {
    await cluster.pass(intervalMs)
    busy()
  }
  await cluster.pass(intervalMs - 1000)
  const served = (gateway: AdaptiveStrategies) => gateway.current.byService.get('cart')?.operations
  t.equal(served(follower)?.listed.length, 3)
  t.same(
    served(follower)?.listed.map(({ operation }) => operation),
    ['a', 'b', 'c'],
  )
  t.same(served(follower), served(leader))
})

t.test('AdaptiveStrategies take a share that nobody was told for no share', async (t) => {
  const cluster = new Cluster()
  const gateway = cluster.add()
  observe(gateway, 600, keptBy(0.001))
  for (const probability of [1e-320, Number.MIN_VALUE, 1e-10, 0]) {
    observe(gateway, 1, keptBy(probability))
  }
  await cluster.pass(firstMs)
  t.ok(isNear(share(gateway), 15 / 600_000), String(share(gateway)))
})
