import t from 'tap'
import { Turns } from '../../../src/stores/memory/turns.ts'

t.test('Turns gives one turn in a round of the event loop, in order', async (t) => {
  const turns = new Turns()
  let round = 0
  let isOver = false
  const count = (): void => {
    round += 1
    if (!isOver) setImmediate(count)
  }
  setImmediate(count)
  const given: { read: number; round: number }[] = []
  const reads = Array.from(Array(5).keys(), async (read) => {
    const turn = turns.begin()
    for (let piece = 0; piece < 3; piece++) {
      await turn.next()
      given.push({ read, round })
    }
  })
  await Promise.all(reads)
  isOver = true
  t.same(
    given.map(({ read }) => read),
    [0, 1, 2, 3, 4, 0, 1, 2, 3, 4, 0, 1, 2, 3, 4],
  )
  t.equal(new Set(given.map((one) => one.round)).size, 15, 'each has a round of its own')
})

t.test('Turn.isOver after some milliseconds, and not after next()', async (t) => {
  const turn = new Turns().begin()
  t.equal(turn.isOver, false)
  const until = performance.now() + 4
  while (performance.now() < until);
  t.equal(turn.isOver, true)
  await turn.next()
  t.equal(turn.isOver, false)
})
