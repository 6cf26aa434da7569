import t from 'tap'
import { LabelSums } from '../../src/telemetry/label-sums.ts'

t.test('add() sums by the values of all labels, in whatever order they are given', async (t) => {
  const sums = new LabelSums(['a', 'b'])
  t.same([...sums.all()], [])
  sums.add(1, { a: 'x', b: 'y' })
  sums.add(2, { b: 'y', a: 'x' })
  sums.add(4, { a: 'y', b: 'x' })
  sums.add(-1, { a: 'xy', b: '' })
  t.same(
    [...sums.all()],
    [
      { labels: { a: 'x', b: 'y' }, value: 3 },
      { labels: { a: 'y', b: 'x' }, value: 4 },
      { labels: { a: 'xy', b: '' }, value: -1 },
    ],
  )
})

t.test('add() keeps nothing of the labels that it is given', async (t) => {
  const sums = new LabelSums(['a'])
  const labels = { a: 'x' }
  sums.add(1, labels)
  labels.a = 'y'
  t.same([...sums.all()], [{ labels: { a: 'x' }, value: 1 }])
})

t.test('adder() adds to the sum of its labels, which is there once it was called', async (t) => {
  const sums = new LabelSums(['a'])
  const labels = { a: 'x' }
  const add = sums.adder(labels)
  labels.a = 'y'
  t.same([...sums.all()], [])
  add(1)
  sums.add(2, { a: 'x' })
  add(4)
  t.same([...sums.all()], [{ labels: { a: 'x' }, value: 7 }])
})
