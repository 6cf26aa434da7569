import t from 'tap'
import { packBatches } from '../../../../src/stores/cassandra/jaeger/pack-batches.ts'
import type { Bound } from '../../../../src/stores/cassandra/statement.ts'

const row = (name: string, ...values: unknown[]): Bound => ({
  name,
  kind: 'write',
  cql: '',
  values,
})
const alone = (): string => ''
const sizesOf = (packed: readonly (readonly Bound[])[]) => packed.map(({ length }) => length)

t.test('partitions of a table are stored ten at a time', async (t) => {
  const batches = Array.from(Array(25).keys(), (at) => [row('tag_index', `service ${at}`, 1n)])
  const packed = packBatches(batches, alone)
  t.same(sizesOf(packed), [10, 10, 5])
  t.same(packed.flat(), batches.flat(), 'each once, in their order')
})

t.test('rows of a partition stay together', async (t) => {
  const batches = [3, 1, 4].map((rows) => Array.from(Array(rows), () => row('tag_index', 'a')))
  t.same(packBatches(batches, alone), [batches.flat()])
})

t.test('batches of several tables, or of several nodes, stay apart', async (t) => {
  const batches = ['a', 'b', 'a', 'b'].map((table) => [row(table, 1n)])
  t.same(sizesOf(packBatches(batches, alone)), [2, 2])
  let turn = 0
  const nodes = ['one', 'two']
  t.same(
    packBatches(
      Array.from(Array(4).keys(), (at) => [row('a', at)]),
      () => nodes[turn++ % 2] ?? '',
    ).map((pack) => pack.map(({ values }) => values[0])),
    [
      [0, 2],
      [1, 3],
    ],
  )
})

t.test('a batch of several partitions has less than Cassandra warns of', async (t) => {
  const texts = Array.from(Array(8), () => [row('a', 'x'.repeat(1000))])
  t.same(sizesOf(packBatches(texts, alone)), [4, 4])
  const large = [row('a', 'x'.repeat(3000))]
  const small = [row('a', 'y')]
  t.same(packBatches([small, large, small], alone), [[...small, ...small], large])
  const span = [row('traces', Buffer.alloc(16), ['a list'])]
  t.same(packBatches([span, span], alone), [span, span], 'lists count as large')
})
