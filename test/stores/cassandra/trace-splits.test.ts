import t from 'tap'
import { TraceSplits } from '../../../src/stores/cassandra/native/trace-splits.ts'

t.test('place() goes on in the next split when one is full', async (t) => {
  const splits = new TraceSplits(100)
  t.same(
    [60, 40, 1, 500, 1].map((size) => splits.place('a', size, true)),
    [0, 0, 1, 2, 3],
  )
  t.equal(splits.place('b', 10, true), 0, 'another trace begins anew')
  t.equal(splits.place('b', 200, false), 0, 'what belongs together stays together')
  t.equal(splits.place('b', 1, true), 1)
})

t.test('place() remembers the traces that were written to last', async (t) => {
  const splits = new TraceSplits(100)
  splits.place('old', 100, true)
  splits.place('busy', 100, true)
  for (let trace = 0; trace < 99_999; trace++) splits.place(`trace ${trace}`, 1, true)
  t.equal(splits.place('busy', 1, true), 1)
  t.equal(splits.place('old', 1, true), 0, 'it was forgotten')
})
