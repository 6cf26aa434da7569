import { setImmediate as nextTurn } from 'node:timers/promises'
import t from 'tap'
import { Turnstile } from '../../../src/stores/cassandra/turnstile.ts'

t.test('run() lets so many works through, in their order, also after one failed', async (t) => {
  const turnstile = new Turnstile(2)
  const begun: number[] = []
  const ends: (() => void)[] = []
  const results = [1, 2, 3, 4].map((number) =>
    turnstile.run(async () => {
      begun.push(number)
      await new Promise<void>((resolve) => {
        ends[number] = resolve
      })
      if (number === 1) throw new Error('broken')
      return number
    }),
  )
  const failed = t.rejects(results[0] as Promise<number>, { message: 'broken' })
  await nextTurn()
  t.same(begun, [1, 2])
  ends[1]?.()
  await failed
  await nextTurn()
  t.same(begun, [1, 2, 3], 'the next one takes its place')
  ends[3]?.()
  ends[2]?.()
  await nextTurn()
  await nextTurn()
  ends[4]?.()
  t.same(await Promise.all(results.slice(1)), [2, 3, 4])
  t.equal(await turnstile.run(async () => 5), 5)
})

t.test('run() takes a work back that was not let through', async (t) => {
  const turnstile = new Turnstile(1)
  let end = (): void => {}
  const first = turnstile.run(
    () =>
      new Promise<void>((resolve) => {
        end = resolve
      }),
  )
  const begun: string[] = []
  const caller = new AbortController()
  const taken = turnstile.run(async () => begun.push('taken back'), caller.signal)
  const last = turnstile.run(async () => begun.push('last'), new AbortController().signal)
  caller.abort()
  await t.rejects(taken, { code: 'cancelled' }, 'at once, while the first one goes on')
  await t.rejects(
    turnstile.run(async () => {}, caller.signal),
    { code: 'cancelled' },
  )
  end()
  await Promise.all([first, last])
  t.same(begun, ['last'])
  t.equal(await turnstile.run(async () => 5), 5)
})
