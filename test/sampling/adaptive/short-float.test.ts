import t from 'tap'
import { amountOf, shortBelow, shortOf } from '../../../src/sampling/adaptive/short-float.ts'

t.test('shortOf() keeps amounts to a 2,048th', async (t) => {
  let worst = 0
  for (let amount = 2 ** -31; amount < 2 ** 32; amount *= 1.000_37) {
    worst = Math.max(worst, Math.abs(amountOf(shortOf(amount)) / amount - 1))
  }
  t.ok(worst <= 1 / 2048, `off by ${worst}`)
  t.ok(worst > 1 / 2100)
})

t.test('shortOf() keeps whole numbers up to 2,048, and halves of them', async (t) => {
  for (let amount = 0; amount <= 2048; amount++) {
    t.equal(amountOf(shortOf(amount)), amount)
    t.equal(amountOf(shortOf(amount / 2)), amount / 2)
  }
})

t.test('shortOf() of what is too small is 0, and of what is too large the largest', async (t) => {
  const largest = amountOf(2 ** 16 - 1)
  t.equal(largest, (2 - 2 ** -10) * 2 ** 31)
  for (const amount of [2 ** 32, 1e20, 1e300, Number.POSITIVE_INFINITY]) {
    t.equal(amountOf(shortOf(amount)), largest, String(amount))
  }
  for (const amount of [0, 1e-300, 1e-20, 2 ** -34]) t.equal(shortOf(amount), 0, String(amount))
})

t.test('amountOf() and shortOf() are each the other way round', async (t) => {
  for (let short = 0; short < 2 ** 16; short++) {
    if (shortOf(amountOf(short)) !== short) t.fail(`${short} becomes ${shortOf(amountOf(short))}`)
  }
})

t.test('shortBelow() is never above the amount, and near it', async (t) => {
  let worst = 0
  for (let amount = 2 ** -31; amount < 2 ** 32; amount *= 1.000_37) {
    const float = Math.fround(amount)
    const kept = amountOf(shortBelow(float))
    if (kept > float) t.fail(`${float} becomes ${kept}`)
    worst = Math.max(worst, 1 - kept / float)
  }
  t.ok(worst < 1 / 1024, `off by ${worst}`)
  t.equal(amountOf(shortBelow(0.5)), 0.5)
})
