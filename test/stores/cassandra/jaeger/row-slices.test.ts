import t from 'tap'
import { requestRowsOf } from '../../../../src/stores/cassandra/jaeger/index-statements.ts'
import type { RowPack } from '../../../../src/stores/cassandra/jaeger/pack-batches.ts'
import { packBatches } from '../../../../src/stores/cassandra/jaeger/pack-batches.ts'
import { Partitions } from '../../../../src/stores/cassandra/jaeger/partition-batches.ts'
import {
  sliceLimits,
  slicesOf,
  weightOf,
} from '../../../../src/stores/cassandra/jaeger/row-slices.ts'
import type { SpanRow } from '../../../../src/stores/cassandra/jaeger/rows.ts'
import { TagAllowance } from '../../../../src/stores/cassandra/jaeger/tag-limits.ts'
import { rowsOf } from '../../../../src/stores/cassandra/jaeger/write-rows.ts'
import { sampleBatch, sampleGroup, sampleSpan } from '../../../conformance/sample.ts'

function unlimited(): TagAllowance {
  const most = Number.POSITIVE_INFINITY
  return new TagAllowance({ spanTagsMax: most, requestTagsMax: most })
}

function rowCountOf(rows: readonly SpanRow[]): number {
  return requestRowsOf(rows, unlimited()).batches.flatMap((batch) => batch.rows).length
}

function rowsWith(count: number, resource: Readonly<Record<string, string>>): SpanRow[] {
  const spans = Array.from(Array(count).keys(), (id) => sampleSpan({ trace: 1, id: id + 1 }))
  return [...rowsOf(sampleBatch([sampleGroup(spans, { resource })], Date.now()))]
}

t.test('slicesOf() ends a slice at its spans, its index rows and its bytes', async (t) => {
  const lengths = (rows: readonly SpanRow[]) => Array.from(slicesOf(rows), ({ length }) => length)
  t.same(lengths([]), [])
  t.same(lengths(rowsWith(2100, {})), [1000, 1000, 100])
  const many = Object.fromEntries(Array.from(Array(5000).keys(), (key) => [`k${key}`, 'v']))
  t.same(lengths(rowsWith(9, many)), [4, 4, 1], 'tags of the process are rows for each span')
  t.same(lengths(rowsWith(50, { long: 'x'.repeat(200 * 1024) })), [21, 21, 8], 'its bytes too')
  const slices = [...slicesOf(rowsWith(9, many))]
  const rows = slices.map((slice) => rowCountOf(slice))
  t.ok(rows.every((count) => count < sliceLimits.rows + 5100))
})

t.test('weightOf() is no less than what is stored', async (t) => {
  const [row] = rowsWith(1, { a: 'b', c: 'd' })
  if (row === undefined) throw new Error('There is no row')
  t.ok(weightOf(row).rows >= rowCountOf([row]))
})

t.test('Partition cuts at 100 rows and at a MiB', async (t) => {
  const partitions = new Partitions({ name: 'a', cql: '' })
  const add = (name: string, row: number, sizeBytes: number): void => {
    const partition = partitions.of(name, () => [Buffer.from(name)])
    if (partition.isNew(String(row))) partition.add([...partition.key, row], sizeBytes)
  }
  for (let at = 0; at < 250; at++) add('small', at, 10)
  add('small', 3, 10)
  for (let at = 0; at < 5; at++) add('large', at, 400_000)
  add('larger', 1, 3_000_000)
  add('larger', 2, 10)
  t.same(
    Array.from(partitions.batches(), ({ rows }) => [String(rows[0]?.[0]), rows.length]),
    [
      ['small', 100],
      ['small', 100],
      ['small', 50],
      ['large', 2],
      ['large', 2],
      ['large', 1],
      ['larger', 1],
      ['larger', 1],
    ],
  )
})

t.test('batches of several partitions stay small in every script', async (t) => {
  const spans = Array.from(Array(40).keys(), (at) =>
    sampleSpan({ trace: at + 1, id: 1, name: `${at} ${'語'.repeat(300)}`, startMicros: 1000 + at }),
  )
  const group = sampleGroup(spans, { service: '名'.repeat(150) })
  const rows = [...rowsOf(sampleBatch([group], Date.now()))]
  const packs = packBatches(requestRowsOf(rows, unlimited()).batches, () => '')
  const partitions = ({ statement, rows: all }: RowPack) =>
    new Set(all.map((values) => values.slice(0, statement.partitionKey).join())).size
  const bytesOf = (value: unknown) => (Buffer.isBuffer(value) ? value.length : 0)
  const sizes = packs
    .filter((pack) => partitions(pack) > 1)
    .map((pack) => pack.rows.flat().reduce<number>((sum, value) => sum + bytesOf(value), 0))
  t.ok(sizes.length > 0)
  t.ok(Math.max(...sizes) < 5 * 1024, `${Math.max(...sizes)} bytes: Cassandra warns from 5 KiB on`)
})
