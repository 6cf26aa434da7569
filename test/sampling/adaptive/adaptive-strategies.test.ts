import { pino } from 'pino'
import t from 'tap'
import { defaultParameters } from '../../../bench/convergence/default-parameters.ts'
import type { SamplingKind, SamplingStore } from '../../../src/ports/sampling-store.ts'
import { AdaptiveStrategies } from '../../../src/sampling/adaptive/adaptive-strategies.ts'
import { writeCounts } from '../../../src/sampling/adaptive/counts-document.ts'
import type { OperationCounts } from '../../../src/sampling/adaptive/operation-counts.ts'
import { PartsWriter } from '../../../src/sampling/adaptive/parts-writer.ts'
import type { KeptBy } from '../../../src/sampling/adaptive/throughput.ts'
import { MemorySamplingStore } from '../../../src/stores/memory/memory-sampling-store.ts'

const parameters = { ...defaultParameters(), servicesMax: 10, operationsMax: 3 }
const { leaseMs } = parameters
const intervalMs = parameters.intervalSeconds * 1000
/** Until what is counted in the first interval has been calculated, and everybody knows. */
const firstMs = intervalMs + 12_000

/** Gateways that share a store, each with a clock of its own, and what happened to them. */
class Cluster {
  nowMs = 0
  readonly counted: Record<string, number> = {}
  readonly memory = new MemorySamplingStore(true, () => this.nowMs)
  /** Thrown by the store while it is there. */
  failure: Error | undefined
  /** Documents of these kinds cannot be stored. */
  readonly unwritable = new Set<SamplingKind>()
  /** Messages of the log. */
  readonly logged: string[] = []
  readonly gateways: AdaptiveStrategies[] = []

  /** @param skewMs how far its clock is ahead @param drift by how much it is too fast */
  add(others: Partial<typeof parameters> = {}, skewMs = 0, drift = 1): AdaptiveStrategies {
    const metrics = {
      add: (name: string, value: number, labels: Readonly<Record<string, string>>) => {
        const key = `${name} ${Object.values(labels).join()}`
        this.counted[key] = (this.counted[key] ?? 0) + value
      },
      observe: () => {},
    }
    const gateway = new AdaptiveStrategies({
      ...parameters,
      ...others,
      store: this.#store(),
      metrics,
      logger: pino(
        { base: null, timestamp: false },
        { write: (line: string) => this.logged.push(JSON.parse(line).msg) },
      ),
      now: () => skewMs + this.nowMs * drift,
    })
    this.gateways.push(gateway)
    return gateway
  }

  /** It is gone without a word. */
  kill(gateway: AdaptiveStrategies): void {
    this.gateways.splice(this.gateways.indexOf(gateway), 1)
  }

  /** Lets time go by, second by second. */
  async pass(ms: number, each: (second: number) => void = () => {}): Promise<void> {
    for (const untilMs = this.nowMs + ms; this.nowMs < untilMs; ) {
      this.nowMs += 1000
      each(this.nowMs / 1000)
      for (const gateway of this.gateways) {
        if (this.nowMs % (leaseMs / 4) === 0) await gateway.ask()
        await gateway.step()
      }
    }
  }

  #store(): SamplingStore {
    const { memory } = this
    const asked = async <Result>(ask: () => Promise<Result>): Promise<Result> => {
      if (this.failure !== undefined) throw this.failure
      return ask()
    }
    return {
      isKept: true,
      put: (document) =>
        asked(async () => {
          if (this.unwritable.has(document.kind)) throw new Error('not stored')
          await memory.put(document)
        }),
      versions: (kind) => asked(() => memory.versions(kind)),
      get: (...ref) => asked(() => memory.get(...ref)),
      lease: (...lease) => asked(() => memory.lease(...lease)),
      release: (holder) => asked(() => memory.release(holder)),
      close: async () => {},
    }
  }
}

/** A document of one part. */
function partOf(seconds: number, counts: Partial<OperationCounts>): Uint8Array {
  const nothing = { kept: 0, represented: 0, unmarked: 0, forced: 0 }
  const writer = new PartsWriter(seconds)
  writer.add('cart', (fields) => {
    writeCounts(fields, { service: 'cart', operation: 'pay', ...nothing, ...counts })
  })
  return writer.finish()[0] as Uint8Array
}

const whole = partOf(15, { kept: 600, represented: 600 })
const unreadable = {
  'cut off': whole.subarray(0, -1),
  'without an end': partOf(15, { kept: 600, represented: Number.POSITIVE_INFINITY }),
  'in no time': partOf(0, { kept: 600, represented: 600 }),
}

const keptBy = (probability: number): KeptBy => ({ kind: 'share', probability })

function observe(
  gateway: AdaptiveStrategies,
  times: number,
  by: KeptBy | undefined,
  operation = 'pay',
): void {
  for (let at = 0; at < times; at++) gateway.observe('cart', operation, by)
}

function share(gateway: AdaptiveStrategies, operation = 'pay'): number {
  const listed = gateway.current.byService.get('cart')?.operations?.listed
  return listed?.find((one) => one.operation === operation)?.probability ?? Number.NaN
}

function isNear(actual: number, expected: number): boolean {
  return Math.abs(actual / expected - 1) < 0.01
}

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
  await cluster.pass(20 * 60_000, () => {
    // 30 traces a second, that each client keeps by what is told.
    for (const gateway of gateways) {
      const told = share(third) || 1
      if (Math.random() < 10 * told) observe(gateway, Math.ceil(10 * told), keptBy(told))
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

t.test(
  'AdaptiveStrategies leave out counts that cannot be read, and take the others',
  async (t) => {
    for (const [what, part] of Object.entries(unreadable)) {
      const cluster = new Cluster()
      const gateway = cluster.add()
      const bad = {
        kind: 'counts',
        name: 'bad',
        version: 1,
        parts: [part],
        ttlMs: 600_000,
      } as const
      await cluster.memory.put(bad)
      observe(gateway, 600, keptBy(0.001))
      // It is waited for: who has told something may be alive.
      await cluster.pass(firstMs + intervalMs)
      t.ok(share(gateway) > 1 / 45_000 && share(gateway) < 1 / 18_000, `${what}: ${share(gateway)}`)
      t.notOk(cluster.counted['spangate_sampling_store_failures_total lead'], what)
    }
  },
)

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
