import t from 'tap'
import type { Span } from '../../../bridge/model/span.ts'
import type { SpanBatch } from '../../../bridge/model/span-batch.ts'
import { spanCount } from '../../../bridge/model/span-batch.ts'
import { spanOf } from '../../../bridge/otlp/batch-objects.ts'
import { jsonOfSpan } from '../../../bridge/otlp/encode-json.ts'
import { SpanJson } from '../../../bridge/otlp/span-json.ts'
import { spanText } from '../../../bridge/otlp/span-text.ts'
import { JsonBytes } from '../../../bridge/wire/json-bytes.ts'
import { Chance, randomGroups } from '../../conformance/generate.ts'
import { sampleBatch, sampleGroup, sampleSpan } from '../../conformance/sample.ts'
import { oddBatches } from './odd-spans.ts'

/** What the text must be. */
function expected(span: Span): string {
  return JSON.stringify(jsonOfSpan({ ...span, status: span.status ?? { code: 0, message: '' } }))
}

/** What is written of a span from its bytes. */
function written(batch: SpanBatch, at: number): string {
  const out = new JsonBytes(1000)
  new SpanJson(out).write(batch, at)
  return Buffer.from(out.take()).toString()
}

t.test('spanText() and SpanJson write what JSON.stringify makes of jsonOfSpan()', async (t) => {
  for (let seed = 1; seed <= 20; seed++) {
    const world = { chance: new Chance(seed), arrivalUnixMs: Date.now(), traces: 10 }
    const batch = sampleBatch(randomGroups(world, 200), Date.now())
    for (let at = 0; at < spanCount(batch); at++) {
      const span = spanOf(batch, at)
      const wanted = expected(span)
      if (spanText(span) !== wanted) t.equal(spanText(span), wanted)
      if (written(batch, at) !== wanted) t.equal(written(batch, at), wanted)
    }
  }
  t.pass()
})

t.test('spanText() and SpanJson write every kind of value and member', async (t) => {
  const attributes = {
    text: 'a "quoted" \u2028 \ud800 text',
    'a "key"\n': '',
    big: 2n ** 62n,
    minus: -1n,
    zero: 0,
    minusZero: -0,
    tiny: 1e-300,
    nan: Number.NaN,
    infinite: Number.NEGATIVE_INFINITY,
    no: false,
    bytes: Uint8Array.of(0, 255, 1),
    list: ['a', 1n, true, [2.5]],
    none: [],
  }
  const plain = sampleSpan({ trace: 1, id: 2, parent: 3, attributes })
  const [first] = plain.attributes
  const owner = { attributes: plain.attributes, droppedAttributesCount: 4 }
  const nested =
    first === undefined
      ? []
      : [
          {
            key: 'map',
            value: { kind: 'kvlist', value: [first, { key: 'x', value: undefined }] } as const,
          },
        ]
  const full: Span = {
    ...plain,
    attributes: [...plain.attributes, ...nested],
    traceState: 'a=b',
    flags: 257,
    kind: 3,
    events: [
      { timeUnixNano: 5n, name: 'e', ...owner },
      { timeUnixNano: 0n, name: '', attributes: [], droppedAttributesCount: 0 },
    ],
    links: [
      { traceId: plain.traceId, spanId: plain.spanId, traceState: 'c=d', flags: 1, ...owner },
      {
        traceId: new Uint8Array(),
        spanId: new Uint8Array(),
        traceState: '',
        flags: 0,
        attributes: [],
        droppedAttributesCount: 0,
      },
    ],
    droppedEventsCount: 1,
    droppedLinksCount: 2,
    status: { code: 2, message: 'bad "luck"' },
  }
  // An event without a time, or a link without a trace, is written by spanText().
  const usual = {
    ...full,
    events: full.events.slice(0, 1),
    links: full.links.slice(0, 1).flatMap((link) => [link, { ...link, spanId: new Uint8Array() }]),
  }
  for (const span of [plain, full, usual, { ...full, status: { code: 0, message: 'x' } }]) {
    t.equal(spanText(span), expected(span))
    const batch = sampleBatch([sampleGroup([span])], 0)
    const kept = spanOf(batch, 0)
    t.equal(written(batch, 0), expected(kept))
    const plainBatch = sampleBatch([sampleGroup([{ ...span, links: [] }])], 0)
    t.equal(written(plainBatch, 0), expected({ ...kept, links: [] }))
  }
})

t.test('SpanJson writes what is encoded in odd ways as JSON.stringify does', async (t) => {
  for (const [name, batch] of oddBatches()) {
    t.equal(written(batch, 0), expected(spanOf(batch, 0)), name)
  }
})
