import t from 'tap'
import { SpanIdSet } from '../../src/blocks/span-id-set.ts'

t.test('SpanIdSet knows the ids that were added, counters and others', async (t) => {
  const set = new SpanIdSet()
  const ids: (readonly [number, number])[] = []
  for (let at = 0; at < 20_000; at++) {
    ids.push([0, at], [at, 0], [Math.imul(at, 0x9e37_79b1) >>> 0, Math.imul(at, 0x85eb_ca6b) >>> 0])
  }
  const expected = new Set<string>()
  for (const [high, low] of ids) {
    const key = `${high} ${low}`
    if (set.add(high, low) === expected.has(key)) t.fail(`${key} is told wrong`)
    expected.add(key)
  }
  t.equal(set.size, expected.size)
  for (const [high, low] of ids) {
    if (!set.has(high, low) || set.add(high, low)) t.fail(`${high} ${low} is forgotten`)
    const other = `${high + 1} ${low + 70_000}`
    if (set.has(high + 1, low + 70_000) !== expected.has(other)) t.fail(`${other} is told wrong`)
  }
  t.equal(set.size, expected.size)
})

t.test('SpanIdSet takes the id of zeros once', async (t) => {
  const set = new SpanIdSet()
  t.equal(set.has(0, 0), false)
  t.equal(set.add(0, 0), true)
  t.equal(set.add(0, 0), false)
  t.equal(set.has(0, 0), true)
  t.equal(set.size, 1)
})
