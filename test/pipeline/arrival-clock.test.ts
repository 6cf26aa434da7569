import t from 'tap'
import { createArrivalClock } from '../../src/pipeline/arrival-clock.ts'

t.test('createArrivalClock() gives whole milliseconds and never runs backwards', async (t) => {
  const times = [1000.9, 1001, 400, 1000.99, 1002.5]
  const now = createArrivalClock(() => times.shift() ?? Number.NaN)
  t.same([now(), now(), now(), now(), now()], [1000, 1001, 1001, 1001, 1002])
})
