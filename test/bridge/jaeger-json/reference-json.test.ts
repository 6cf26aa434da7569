import t from 'tap'
import { ReferenceJson } from '../../../bridge/jaeger-json/reference-json.ts'
import { referencesOf } from '../../../bridge/jaeger-proto/encode-references.ts'
import { ReferenceType } from '../../../bridge/jaeger-proto/tag-names.ts'
import { hexOf, shortTraceIdText } from '../../../bridge/model/identifier.ts'
import type { KeyValue, Span, SpanLink } from '../../../bridge/model/span.ts'
import { SpanField, spanField } from '../../../bridge/model/span-batch.ts'
import { viewOf } from '../../../bridge/model/term-hash.ts'
import { spanOf } from '../../../bridge/otlp/batch-objects.ts'
import { SpanFields } from '../../../bridge/otlp/span-fields.ts'
import { JsonBytes } from '../../../bridge/wire/json-bytes.ts'
import type { Plain } from '../../conformance/sample.ts'
import {
  anyValueOf,
  sampleBatch,
  sampleGroup,
  sampleSpan,
  spanIdOf,
  traceIdOf,
} from '../../conformance/sample.ts'

/** The list as it is written from bytes, undefined when it is not, and as it must be. */
function lists(span: Span): { readonly written: string | undefined; readonly wanted: string } {
  const batch = sampleBatch([sampleGroup([span])], 0)
  const start = spanField(batch, 0, SpanField.offset)
  const view = viewOf(batch.bytes)
  const fields = new SpanFields()
  t.ok(fields.find(batch.bytes, view, start, start + spanField(batch, 0, SpanField.length)))
  const out = new JsonBytes(1000)
  const json = new ReferenceJson(out, shortTraceIdText(span.traceId))
  json.from(batch.bytes, view)
  const isWritten = json.write(batch, 0, fields.links)
  const { references } = referencesOf(spanOf(batch, 0))
  const wanted = references.map(({ traceId, spanId, type }) =>
    JSON.stringify({
      refType: type === ReferenceType.childOf ? 'CHILD_OF' : 'FOLLOWS_FROM',
      traceID: shortTraceIdText(traceId),
      spanID: hexOf(spanId),
    }),
  )
  const written = Buffer.from(out.take()).toString()
  if (!isWritten) t.equal(written, '', 'nothing is written')
  return { written: isWritten ? written : undefined, wanted: wanted.join(',') }
}

function link(traceId: Uint8Array, spanId: Uint8Array, type?: Plain): SpanLink {
  const attributes: KeyValue[] =
    type === undefined ? [] : [{ key: 'opentracing.ref_type', value: anyValueOf(type) }]
  return { traceId, spanId, traceState: '', attributes, droppedAttributesCount: 0, flags: 0 }
}

const own = traceIdOf(7, 9)
const noId = new Uint8Array(0)
/** Into the own trace (the parent is 1), into others of both lengths, and to nothing. */
const places = [
  [own, spanIdOf(1)],
  [own, spanIdOf(2)],
  [own, noId],
  [traceIdOf(7), spanIdOf(1)],
  [traceIdOf(8, 9), spanIdOf(3)],
  [noId, noId],
] as const
const links = places.flatMap(([traceId, spanId]) =>
  [undefined, 'child_of', 'follows_from'].map((type) => link(traceId, spanId, type)),
)

t.test(
  'ReferenceJson writes every parent with every two links as referencesOf() lists them',
  async (t) => {
    const pairs = links.flatMap((one) => links.map((other) => [one, other]))
    const wrong: unknown[] = []
    for (const list of [[], ...links.map((one) => [one]), ...pairs]) {
      for (const parent of [undefined, 1]) {
        const span = sampleSpan({ trace: own, id: 5, links: list, ...(parent && { parent }) })
        const { written, wanted } = lists(span)
        if (written !== wanted) wrong.push({ parent, list, written, wanted })
      }
    }
    t.strictSame(wrong, [])
  },
)

t.test(
  'ReferenceJson writes links with all that a link has, and the last type of several',
  async (t) => {
    const attributes = [
      { key: 'opentracing.ref_type', value: anyValueOf('child_of') },
      { key: 'messaging.batch', value: anyValueOf(5n) },
      { key: 'opentracing.ref_type', value: anyValueOf(1n) },
    ]
    const full = {
      ...link(traceIdOf(8, 9), spanIdOf(3)),
      attributes,
      traceState: 'a=b',
      flags: 257,
      droppedAttributesCount: 300,
    }
    for (const last of [attributes, attributes.toReversed()]) {
      const { written, wanted } = lists(
        sampleSpan({ trace: own, id: 5, links: [{ ...full, attributes: last }] }),
      )
      t.equal(written, wanted)
    }
  },
)

t.test('ReferenceJson leaves what it does not know', async (t) => {
  const odd = [
    link(new Uint8Array(3), spanIdOf(3)),
    link(own, new Uint8Array(9)),
    link(traceIdOf(8), spanIdOf(3), ['child_of']),
  ]
  for (const one of odd) {
    const good = link(traceIdOf(8), spanIdOf(3))
    t.equal(lists(sampleSpan({ trace: own, id: 5, links: [good, one] })).written, undefined)
  }
})
