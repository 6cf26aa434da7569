import t from 'tap'
import { spanCount } from '../../../bridge/model/span-batch.ts'
import type { CutPortion } from '../../../src/stores/cassandra/native/portions.ts'
import {
  partsBytesAtMost,
  partsBytesOf,
  portionsOf,
} from '../../../src/stores/cassandra/native/portions.ts'
import { sampleBatch, sampleGroup, sampleSpan } from '../../conformance/sample.ts'

const mebi = 1024 * 1024

t.test('portionsOf() counts a resource in the parts of each trace', async (t) => {
  const spans = Array.from(Array(300).keys(), (at) =>
    sampleSpan({ trace: 1 + (at % 150), id: 1 + at, startMicros: Date.now() * 1000 }),
  )
  const resource = { large: 'x'.repeat(200 * 1024) }
  const batch = sampleBatch([sampleGroup(spans, { resource })], Date.now())
  t.ok(batch.bytes.length < mebi / 2, 'it is a small request')
  const portions = [...portionsOf(batch)]
  const parts = sum(portions.map(({ sizeBytes }) => sizeBytes))
  t.ok(parts > 58 * mebi, `with parts of ${parts} bytes, as spans of a trace are far apart`)
  for (const { sizeBytes } of portions) t.ok(sizeBytes <= 6 * mebi)
  t.equal(partsBytesOf(batch), parts, 'which is known before they are cut')
  t.ok(partsBytesAtMost(batch) >= partsBytesOf(batch))
  t.same(
    portions.map(({ first, end }) => [first, end]),
    portions.map(({ end }, at) => [portions[at - 1]?.end ?? 0, end]),
    'each span is in one of them',
  )
  t.equal(portions.at(-1)?.end, spanCount(batch))
  t.same(
    portions.map(({ id }) => id),
    [...portionsOf(batch)].map(({ id }) => id),
    'the same request has the same ids',
  )
})

t.test('portionsOf() gives an ordinary request as one portion', async (t) => {
  const groups = ['front', 'back'].map((service) =>
    sampleGroup(
      Array.from(Array(1500).keys(), (at) =>
        sampleSpan({ trace: 1 + (at % 40), id: at + 1, startMicros: Date.now() * 1000 }),
      ),
      { service },
    ),
  )
  const batch = sampleBatch(groups, Date.now())
  const portions = [...portionsOf(batch)]
  t.equal(portions.length, 1)
  const [portion] = portions as [CutPortion]
  t.equal(portion.parts.length, 40, 'a part for each trace')
  t.equal(portion.sizeBytes, sum(portion.parts.map(({ bytes }) => bytes.length)))
  t.equal(portion.sizeBytes, partsBytesOf(batch), 'which is known before it is cut')
})

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, one) => total + one, 0)
}
