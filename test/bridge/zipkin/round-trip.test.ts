import t from 'tap'
import { groupsOf } from '../../../bridge/otlp/batch-objects.ts'
import { decodeZipkinJson } from '../../../bridge/zipkin/decode-json.ts'
import { decodeZipkinProto } from '../../../bridge/zipkin/decode-proto.ts'
import { zipkinSpansOf } from '../../../bridge/zipkin/encode-json.ts'
import { zipkinProtoOf } from '../../../bridge/zipkin/encode-proto.ts'
import type { ZipkinSpan } from '../../../bridge/zipkin/zipkin-span.ts'
import { createRandom } from '../../fuzz/random.ts'
import { fuzzSettings } from '../../fuzz/run-fuzz.ts'
import { randomZipkinSpans } from './sample-spans.ts'

const options = { arrivalUnixMs: 0, withTerms: true }
const { seed } = fuzzSettings(0)

/** Groups bring spans of one service together, and tags have no order. */
function ordered(spans: readonly ZipkinSpan[]): unknown[] {
  const byId = [...spans].sort((a, b) => (a.id < b.id ? -1 : 1))
  return byId.map(({ tags = {}, ...rest }) => ({
    ...rest,
    tags: Object.fromEntries(Object.entries(tags).sort()),
  }))
}

t.test('spans of v2 come back as they were, through JSON and through protobuf', async (t) => {
  t.comment(`SPANGATE_FUZZ_SEED=${seed}`)
  const random = createRandom(seed)
  for (let round = 0; round < 20; round++) {
    const spans = randomZipkinSpans(random, 20)
    const json = decodeZipkinJson(Buffer.from(JSON.stringify(spans)), options)
    const proto = decodeZipkinProto(zipkinProtoOf(spans), options)
    t.same(json.rejected, [])
    t.same(proto.rejected, [])
    t.strictSame(ordered(zipkinSpansOf(groupsOf(json.batch))), ordered(spans))
    t.strictSame(groupsOf(proto.batch), groupsOf(json.batch))
  }
})
