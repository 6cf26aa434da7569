import t from 'tap'
import { spanCount } from '../../../bridge/model/span-batch.ts'
import {
  cutParts,
  decodePart,
  encodePart,
  partBodies,
  partBytes,
} from '../../../src/stores/cassandra/native/part-codec.ts'
import { spanKeys } from '../../conformance/answer.ts'
import { sampleBatch, sampleGroup, sampleSpan } from '../../conformance/sample.ts'

const arrivalUnixMs = 1_796_000_000_000
const batch = sampleBatch(
  ['a', 'b', 'c'].map((service, at) =>
    sampleGroup(
      [1, 2, 3].map((id) => sampleSpan({ trace: 1, id: 10 * at + id, name: `${service} ${id}` })),
      { service },
    ),
  ),
  arrivalUnixMs,
)

t.test('decodePart() gives what encodePart() took, in its order', async (t) => {
  const spans = [8, 0, 4, 1]
  const part = encodePart(batch, spans)
  t.equal(part.length, partBytes(batch, spans))
  const decoded = decodePart(part, arrivalUnixMs)
  const keys = spanKeys(batch)
  t.same(
    spanKeys(decoded),
    spans.map((span) => keys[span]),
  )
  t.equal(decoded.arrivalUnixMs, arrivalUnixMs)
  t.equal(partBodies(part).places.length, 4)
})

t.test('decodePart() says of every piece of a part that it is damaged', async (t) => {
  const part = encodePart(batch, [0, 3])
  for (let end = 0; end < part.length; end++) {
    for (const read of [decodePart, partBodies]) {
      t.throws(() => read(part.subarray(0, end), 0), { code: 'store_corrupt' })
    }
  }
  const other = part.slice()
  other[0] = 2
  t.throws(() => decodePart(other, 0), { code: 'store_corrupt', message: /its format is 2/ })
})

t.test('cutParts() keeps to the bytes, unless one span is longer', async (t) => {
  const all = Array.from(Array(spanCount(batch)).keys())
  for (const bytesMax of [1, 500, 1000, 100_000]) {
    const parts = [...cutParts(batch, all, bytesMax)]
    t.same(parts.flat(), all)
    for (const part of parts) {
      t.ok(part.length === 1 || partBytes(batch, part) <= bytesMax, `${bytesMax}`)
    }
  }
  t.equal([...cutParts(batch, all, 100_000)].length, 1)
  t.equal([...cutParts(batch, all, 1)].length, 9)
})
