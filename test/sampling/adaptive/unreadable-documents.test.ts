import t from 'tap'
import { writeCounts } from '../../../src/sampling/adaptive/counts-document.ts'
import type { OperationCounts } from '../../../src/sampling/adaptive/operation-counts.ts'
import { PartsWriter } from '../../../src/sampling/adaptive/parts-writer.ts'
import { writeShare } from '../../../src/sampling/adaptive/shares-document.ts'
import { Cluster, firstMs, intervalMs, isNear, keptBy, observe, share } from './cluster.ts'

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

/** Documents that are no shares of `cart`. */
const badShares = {
  'cut off': sharePart(0.5).subarray(0, -1),
  'no shares': Buffer.from('shares'),
  'a share that is no number': sharePart(Number.NaN),
  'a share over 1': sharePart(2),
}

function sharePart(probability: number): Uint8Array {
  const writer = new PartsWriter(0)
  for (const operation of ['first', 'pay']) {
    writer.add('cart', (fields) => {
      const rates = { observedPerSecond: 1, keptPerSecond: 1 }
      writeShare(fields, { service: 'cart', operation, probability, ...rates })
    })
  }
  return writer.finish()[0] as Uint8Array
}

for (const [what, part] of Object.entries(badShares)) {
  t.test(`AdaptiveStrategies keep the last shares where a document is ${what}`, async (t) => {
    const cluster = new Cluster()
    const [leader, follower] = [cluster.add(), cluster.add()]
    observe(leader, 600, keptBy(0.001))
    await cluster.pass(firstMs)
    const before = share(follower)
    const [[name, version] = ['', 0]] = await cluster.memory.versions('shares')
    const put = (at: number) =>
      cluster.memory.put({ kind: 'shares', name, version: at, parts: [part], ttlMs: 600_000 })
    await put(version + 100)
    await cluster.pass(7000)
    await put(version + 200)
    await cluster.pass(7000)
    t.equal(share(follower), before)
    const told = cluster.logged.filter((line) => line.startsWith('shares cannot be read'))
    t.equal(told.length, 1, 'it is told once')
    t.notOk(cluster.counted['spangate_sampling_store_failures_total follow'])
    observe(leader, 600, keptBy(0.1))
    await cluster.pass(intervalMs * 2)
    t.ok(
      isNear(share(follower), share(leader)),
      `${share(follower)}, of the leader ${share(leader)}`,
    )
    t.not(share(follower), before, 'a later one is taken')
  })
}

for (const text of ['{"one": 1', '[]', 'null', '"x"', '{"one": "x", "two": -1}', '\xff']) {
  t.test(`AdaptiveStrategies begin to lead where the state is ${text}`, async (t) => {
    const cluster = new Cluster()
    const parts = [Buffer.from(text, 'latin1')]
    await cluster.memory.put({ kind: 'state', name: 'taken', version: 1, parts, ttlMs: 600_000 })
    const gateway = cluster.add()
    observe(gateway, 600, keptBy(0.001))
    await cluster.pass(firstMs)
    t.ok(isNear(share(gateway), 15 / 600_000), String(share(gateway)))
    const told = cluster.logged.filter((line) => line.startsWith('what was taken cannot be read'))
    t.equal(told.length, text.startsWith('{"one": "x"') ? 0 : 1)
    t.notOk(cluster.counted['spangate_sampling_store_failures_total lead'])
  })
}
