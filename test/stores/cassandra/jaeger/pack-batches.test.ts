import t from 'tap'
import type { RowPack } from '../../../../src/stores/cassandra/jaeger/pack-batches.ts'
import { packBatches } from '../../../../src/stores/cassandra/jaeger/pack-batches.ts'
import type { PartitionBatch } from '../../../../src/stores/cassandra/jaeger/partition-batches.ts'

/** Rows of one partition of a table; their only value is their number. */
function batchOf(table: string, rows: readonly number[], sizeBytes = 100): PartitionBatch {
  return { statement: { name: table, cql: '' }, rows: rows.map((row) => [row]), sizeBytes }
}
const alone = (): string => ''
const numbersOf = (packs: readonly RowPack[]) => packs.map(({ rows }) => rows.flat())

t.test('partitions of a table are stored ten at a time', async (t) => {
  const batches = Array.from(Array(25).keys(), (at) => batchOf('tag_index', [at]))
  const packed = packBatches(batches, alone)
  t.same(
    packed.map(({ rows }) => rows.length),
    [10, 10, 5],
  )
  t.same(numbersOf(packed).flat(), [...Array(25).keys()], 'each once, in their order')
})

t.test('rows of a partition stay together', async (t) => {
  const batches = [batchOf('a', [1, 2, 3]), batchOf('a', [4]), batchOf('a', [5, 6])]
  t.same(numbersOf(packBatches(batches, alone)), [[1, 2, 3, 4, 5, 6]])
})

t.test('batches of several tables, or of several nodes, stay apart', async (t) => {
  const batches = ['a', 'b', 'a', 'b'].map((table, at) => batchOf(table, [at]))
  t.same(numbersOf(packBatches(batches, alone)), [
    [0, 2],
    [1, 3],
  ])
  const ofOne = [0, 1, 2, 3].map((at) => batchOf('a', [at, 10]))
  const nodes = ['one', 'two']
  t.same(
    numbersOf(packBatches(ofOne, (_, [row]) => nodes[Number(row) % 2] ?? '')),
    [
      [0, 10, 2, 10],
      [1, 10, 3, 10],
    ],
    'by the first of their rows',
  )
})

t.test('a batch of several partitions has less than Cassandra warns of', async (t) => {
  const batches = Array.from(Array(8).keys(), (at) => batchOf('a', [at], 1000))
  t.same(numbersOf(packBatches(batches, alone)), [
    [0, 1, 2, 3],
    [4, 5, 6, 7],
  ])
  const [small, large] = [batchOf('a', [1]), batchOf('a', [2], 3000)]
  t.same(
    numbersOf(packBatches([small, large, small], alone)),
    [[1, 1], [2]],
    'a large one is alone',
  )
})
