import assert from 'node:assert/strict'
import t from 'tap'
import type { KeyValue } from '../../../bridge/model/span.ts'
import { createRandom } from '../../fuzz/random.ts'
import { fuzzSettings } from '../../fuzz/run-fuzz.ts'
import type { OneSpan } from './change-span.ts'
import { withSpan } from './change-span.ts'
import type { RoundTripFormat } from './check-round-trips.ts'
import { asTaken, oneByOne, plain, roundTripFormats, throughFormat } from './check-round-trips.ts'
import { formatLosses } from './losses.ts'
import { meaningfulGroup } from './meaningful-keys.ts'

const { inputs, seed } = fuzzSettings(2000)

/** Whether the format brought the span back as it was. */
function checkMeaning(format: RoundTripFormat, at: number): boolean {
  const random = createRandom(at)
  const [group] = asTaken([meaningfulGroup(random, format.startsWith('zipkin'))]).flatMap(oneByOne)
  assert.ok(group)
  const counted = formatLosses[format].count([group])
  const back = throughFormat(format, [group]).flatMap(oneByOne)
  const message = `SPANGATE_FUZZ_SEED=${at} ${format}, counted ${[...counted]}`
  assert.equal(back.length, 1, message)
  const expected = plain(byKey(formatLosses[format].moved(group)))
  const found = plain(back[0] && byKey(back[0]))
  if (counted.size === 0) assert.deepEqual(found, expected, message)
  else assert.notDeepEqual(found, expected, message)
  return counted.size === 0
}

/** Attributes are in no order, but for those of one key. */
function byKey(group: OneSpan): OneSpan {
  const sorted = (list: readonly KeyValue[]) =>
    [...list].sort((a, b) => Buffer.compare(Buffer.from(a.key), Buffer.from(b.key)))
  const { resource } = group
  return {
    ...withSpan(group, ({ attributes }) => ({ attributes: sorted(attributes) })),
    resource: resource && { ...resource, attributes: sorted(resource.attributes) },
  }
}

for (const format of roundTripFormats) {
  t.test(`attributes that mean something come back or are counted, by ${format}`, async (t) => {
    let same = 0
    for (let at = 0; at < inputs; at++) same += checkMeaning(format, seed + at) ? 1 : 0
    t.ok(same > inputs / 10, `${same} of ${inputs} came back as they were`)
    if (!format.startsWith('otlp')) t.ok(same < inputs, 'and some did not')
    t.comment(`SPANGATE_FUZZ_SEED=${seed}`)
  })
}
