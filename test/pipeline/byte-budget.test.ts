import t from 'tap'
import { GatewayError } from '../../src/errors/gateway-error.ts'
import { ByteBudget } from '../../src/pipeline/byte-budget.ts'

const { signal } = new AbortController()

t.test('acquire() takes what is free and is refused when nothing is given back', async (t) => {
  const budget = new ByteBudget({ boundBytes: 100, waitMs: 20, retryAfterMs: 700 })
  await budget.acquire({ sizeBytes: 60, signal })
  t.equal(budget.usedBytes, 60)
  await t.rejects(budget.acquire({ sizeBytes: 41, signal }), {
    code: 'overloaded',
    retryable: true,
    retryAfterMs: 700,
    message: 'Cannot admit request: 60 of 100 bytes in flight are taken',
  })
  await budget.acquire({ sizeBytes: 40, signal })
  budget.give(100)
  t.equal(budget.usedBytes, 0)
})

t.test('acquire() is first come, first served', async (t) => {
  const budget = new ByteBudget({ boundBytes: 100, waitMs: 5000 })
  budget.take(90)
  const order: string[] = []
  const large = budget.acquire({ sizeBytes: 80, signal }).then(() => order.push('large'))
  const small = budget.acquire({ sizeBytes: 5, signal }).then(() => order.push('small'))
  await new Promise((resolve) => setTimeout(resolve, 10))
  t.same(order, [], 'the small one fits, and does not pass')
  budget.give(90)
  await Promise.all([large, small])
  t.same(order, ['large', 'small'])
  t.equal(budget.usedBytes, 85)
})

t.test('who gives up makes room for who stands behind', async (t) => {
  const budget = new ByteBudget({ boundBytes: 100, waitMs: 5000 })
  budget.take(90)
  const controller = new AbortController()
  const large = budget.acquire({ sizeBytes: 80, signal: controller.signal })
  const small = budget.acquire({ sizeBytes: 5, signal })
  controller.abort(new GatewayError('cancelled', 'gone'))
  await t.rejects(large, { code: 'cancelled' })
  await small
  t.equal(budget.usedBytes, 95)
})

t.test('acquire() never waits past the deadline', async (t) => {
  const budget = new ByteBudget({ boundBytes: 100, waitMs: 60_000 })
  budget.take(100)
  const startedMs = Date.now()
  const claim = { sizeBytes: 1, deadlineUnixMs: startedMs + 30, signal }
  await t.rejects(budget.acquire(claim), { code: 'overloaded' })
  t.ok(Date.now() - startedMs < 5000)
  await t.rejects(budget.acquire({ ...claim, deadlineUnixMs: startedMs - 1 }), {
    code: 'overloaded',
  })
})

t.test('what can never fit is too large, at once', async (t) => {
  const budget = new ByteBudget({ boundBytes: 100, waitMs: 60_000 })
  await t.rejects(budget.acquire({ sizeBytes: 101, signal }), { code: 'too_large' })
})

t.test('acquire() with nothing to ask for does not wait', async (t) => {
  const budget = new ByteBudget({ boundBytes: 100, waitMs: 60_000 })
  budget.take(150)
  await budget.acquire({ sizeBytes: 0, signal })
  t.equal(budget.freeBytes, -50)
})

t.test('onGiven() calls until it is ended', async (t) => {
  const budget = new ByteBudget({ boundBytes: 100, waitMs: 0 })
  let calls = 0
  const end = budget.onGiven(() => {
    calls += 1
  })
  budget.take(2)
  budget.give(1)
  end()
  budget.give(1)
  t.equal(calls, 1)
})
