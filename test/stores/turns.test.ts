import t from 'tap'
import { Turns } from '../../src/stores/turns.ts'

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
    for (let piece = 0; piece < 3; piece++) {
      await turns.next()
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

t.test('Turn.pause() lets others once its time is over, and not before', async (t) => {
  let nowMs = 0
  const turn = new Turns(() => nowMs).begin(() => {})
  let isLet = false
  setImmediate(() => {
    isLet = true
  })
  await turn.pause()
  nowMs = 2.9
  await turn.pause()
  t.equal(isLet, false)
  nowMs = 3
  await turn.pause()
  t.equal(isLet, true)
})

t.test('Turn.pause() ends a read that nobody wants, after others were let', async (t) => {
  let isWanted = true
  let nowMs = 0
  const turn = new Turns(() => nowMs).begin(() => {
    if (!isWanted) throw new Error('nobody wants it')
  })
  await turn.pause()
  nowMs = 4
  const paused = turn.pause()
  isWanted = false
  await t.rejects(paused, /nobody wants it/)
})
