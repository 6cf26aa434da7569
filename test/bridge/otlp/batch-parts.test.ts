import t from 'tap'
import type { SpanBatch } from '../../../bridge/model/span-batch.ts'
import {
  GroupField,
  groupCount,
  groupSlice,
  spanBytes,
  spanCount,
} from '../../../bridge/model/span-batch.ts'
import { groupsOf, spanOf } from '../../../bridge/otlp/batch-objects.ts'
import { decodeRequest } from '../../../bridge/otlp/decode-request.ts'
import { batchOfGroups } from '../../../bridge/otlp/encode-groups.ts'
import { encodeTracesData, splitTracesData } from '../../../bridge/otlp/encode-traces-data.ts'
import { selectSpans, spansByTrace } from '../../../bridge/otlp/select-spans.ts'
import { textOf } from '../../../bridge/wire/reader.ts'
import { createRandom } from '../../fuzz/random.ts'
import { foreignSpans } from './foreign-decode.ts'
import { randomSpan, sampleGroup, sampleResource, sampleSpan } from './sample-span.ts'

const options = { arrivalUnixMs: 5 }

/** Six groups of ten random spans, two of each service. */
function sampleBatch(): SpanBatch {
  const random = createRandom(3)
  const groups = ['a', 'a', 'b', 'b', 'c', 'c'].map((service, index) =>
    sampleGroup(
      Array.from({ length: 10 }, () => randomSpan(random)),
      {
        resource: sampleResource(service),
        scope: { name: `scope ${index}`, version: '', attributes: [], droppedAttributesCount: 0 },
        scopeSchemaUrl: 'https://x.test/schema',
        resourceUnknown: Uint8Array.of(0x28, index),
      },
    ),
  )
  return batchOfGroups(groups, options).batch
}

t.test('selectSpans() copies these spans with their groups and nothing else', async (t) => {
  const batch = sampleBatch()
  const part = selectSpans(batch, [45, 3, 44])
  t.equal(groupCount(part), 2)
  t.equal(part.arrivalUnixMs, 5)
  t.strictSame(
    [0, 1, 2].map((span) => spanOf(part, span)),
    [45, 3, 44].map((span) => spanOf(batch, span)),
  )
  t.equal(textOf(groupSlice(part, 0, GroupField.serviceName)), 'c')
  t.equal(textOf(groupSlice(part, 1, GroupField.serviceName)), 'a')
  t.ok(part.bytes.buffer !== batch.bytes.buffer)
  t.equal(part.bytes.byteLength, part.bytes.buffer.byteLength, 'it can be moved to a thread')
  const all = selectSpans(batch, [...Array(60).keys()])
  t.strictSame(groupsOf(all), groupsOf(batch))
})

t.test('selectSpans() of no spans is the empty batch', async (t) => {
  const part = selectSpans(sampleBatch(), [])
  t.same([spanCount(part), groupCount(part), part.bytes.length], [0, 0, 0])
  t.equal(encodeTracesData(part).length, 0)
  t.same([...splitTracesData(part, 10)], [])
})

t.test('spansByTrace() lists the spans of each trace', async (t) => {
  const one = sampleSpan({ traceId: new Uint8Array(16).fill(0xab) })
  const { batch } = batchOfGroups([sampleGroup([one, sampleSpan(), one])], options)
  t.same(
    [...spansByTrace(batch)],
    [
      ['ab'.repeat(16), [0, 2]],
      ['0102030405060708090a0b0c0d0e0f10', [1]],
    ],
  )
})

t.test('encodeTracesData() frames the spans that are asked for', async (t) => {
  const batch = sampleBatch()
  const { batch: part } = decodeRequest(encodeTracesData(batch, [59, 0, 58]), options)
  t.equal(groupCount(part), 2)
  t.same(
    [0, 1, 2].map((span) => spanBytes(part, span)),
    [59, 58, 0].map((span) => spanBytes(batch, span)),
  )
  t.strictSame(groupsOf(decodeRequest(encodeTracesData(batch), options).batch), groupsOf(batch))
})

t.test('splitTracesData() keeps to the limit and loses nothing', async (t) => {
  const batch = sampleBatch()
  for (const maxBytes of [1, 500, 3000, 10_000, 1_000_000]) {
    const parts = [...splitTracesData(batch, maxBytes)]
    const spans = parts.flatMap((part) => foreignSpans(part))
    t.equal(spans.length, 60, `${maxBytes}`)
    for (const part of parts) {
      t.ok(part.length <= maxBytes || foreignSpans(part).length === 1, `${part.length} bytes`)
    }
    t.strictSame(
      parts.flatMap((part) => groupsOf(decodeRequest(part, options).batch)).flatMap((g) => g.spans),
      groupsOf(batch).flatMap((group) => group.spans),
    )
  }
})
