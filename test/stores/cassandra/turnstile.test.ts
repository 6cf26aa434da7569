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
