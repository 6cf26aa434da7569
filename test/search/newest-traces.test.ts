import t from 'tap'
import { NewestTraces } from '../../src/search/newest-traces.ts'
import { Chance } from '../conformance/generate.ts'
import { traceIdOf } from '../conformance/sample.ts'

t.test('NewestTraces keeps what sorting everything would', async (t) => {
  const chance = new Chance(7)
  for (let round = 0; round < 100; round += 1) {
    const limit = 1 + chance.below(8)
    const newest = new NewestTraces(limit)
    const all = new Map<number, number>()
    for (let at = 0; at < 200; at += 1) {
      const [trace, micros] = [1 + chance.below(30), chance.below(40)]
      all.set(trace, Math.max(micros, all.get(trace) ?? 0))
      if (newest.wants(micros)) newest.offer(traceIdOf(trace), micros)
      if (at % 50 === 0) newest.floorMicros()
    }
    const expected = [...all]
      .sort(([one, first], [two, second]) => second - first || one - two)
      .slice(0, limit)
    const ranked = newest.ranked()
    t.same(
      ranked.map(({ traceId, newestMatchMicros }) => [
        Number.parseInt(traceId, 16),
        newestMatchMicros,
      ]),
      expected,
    )
    t.equal(newest.floorMicros(), expected.length === limit ? expected.at(-1)?.[1] : undefined)
  }
})

t.test('NewestTraces takes a trace back that was cut and matches again, newer', async (t) => {
  const newest = new NewestTraces(1)
  newest.offer(traceIdOf(1), 10)
  newest.offer(traceIdOf(2), 20)
  t.equal(newest.floorMicros(), 20)
  newest.offer(traceIdOf(1), 30)
  t.match(newest.ranked(), [{ newestMatchMicros: 30 }])
  t.notOk(newest.wants(29))
  t.ok(newest.wants(30))
})

t.test('NewestTraces has no floor before there are enough traces', async (t) => {
  const newest = new NewestTraces(2)
  newest.offer(traceIdOf(1), 10)
  newest.offer(traceIdOf(1), 11)
  t.equal(newest.floorMicros(), undefined)
})
