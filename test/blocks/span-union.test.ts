import t from 'tap'
import { SpanUnion } from '../../src/blocks/span-union.ts'

function unionOf(blockSpans: number, ...lists: readonly (readonly number[])[]): number[] {
  const union = new SpanUnion(blockSpans)
  for (const list of lists) union.add(list)
  return Array.from(union.spans())
}

t.test('spans() has each span of all lists once, ascending', async (t) => {
  t.same(unionOf(5), [])
  t.same(unionOf(5, [], [1, 3]), [1, 3])
  t.same(unionOf(5, [1, 3], [0, 3], [4]), [0, 1, 3, 4])
  t.same(unionOf(3, [1], [0, 1, 2], [2]), [0, 1, 2], 'one has all')
  t.same(unionOf(3, [0, 1], [2], [0, 1, 2]), [0, 1, 2])
})

t.test('spans that came to a block since are left out of a union of several lists', async (t) => {
  t.same(unionOf(3, [0, 4], [1, 5]), [0, 1])
  t.same(unionOf(3, [0, 4, 5], [1]), [0, 1], 'as many as the block had, and not the same')
  t.same(unionOf(3, [0, 1, 2], [1, 4]), [0, 1, 2])
})
