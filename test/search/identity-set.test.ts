import t from 'tap'
import { IdentitySet } from '../../src/search/identity-set.ts'
import { Chance } from '../conformance/generate.ts'

t.test('IdentitySet holds what a Set of texts would', async (t) => {
  const chance = new Chance(3)
  const set = new IdentitySet()
  const texts = new Set<string>()
  for (let at = 0; at < 5000; at += 1) {
    const [high, low] = [BigInt(chance.below(40)), BigInt(chance.below(100)) << 32n]
    const text = `${high} ${low}`
    t.equal(set.has(high, low), texts.has(text))
    t.equal(set.add(high, low), !texts.has(text))
    texts.add(text)
    t.equal(set.size, texts.size)
  }
})

t.test('IdentitySet tells the zero key from a free slot', async (t) => {
  const set = new IdentitySet()
  t.notOk(set.has(0n, 0n))
  t.ok(set.add(0n, 0n))
  t.notOk(set.add(0n, 0n))
  t.ok(set.has(0n, 0n))
  t.equal(set.size, 1)
})
