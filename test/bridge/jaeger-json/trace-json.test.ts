import t from 'tap'
import { jaegerTracesOf } from '../../../bridge/jaeger-json/encode-traces.ts'
import { TraceJson } from '../../../bridge/jaeger-json/trace-json.ts'
import { shortTraceIdText } from '../../../bridge/model/identifier.ts'
import type { SpanGroup } from '../../../bridge/model/span.ts'
import type { SpanBatch } from '../../../bridge/model/span-batch.ts'
import { traceIdBytes } from '../../../bridge/model/span-batch.ts'
import { groupsOf } from '../../../bridge/otlp/batch-objects.ts'
import { selectSpans, spansByTrace } from '../../../bridge/otlp/select-spans.ts'
import type { Plain } from '../../conformance/sample.ts'
import { anyValueOf, sampleBatch, sampleGroup, sampleSpan } from '../../conformance/sample.ts'
import type { Random } from '../../fuzz/random.ts'
import { createRandom } from '../../fuzz/random.ts'
import { fuzzSettings } from '../../fuzz/run-fuzz.ts'
import { oddBatches } from '../otlp/odd-spans.ts'
import { randomGroups } from '../round-trip/random-groups.ts'

const { inputs, seed } = fuzzSettings(100)

/** The text of each trace of the groups, given in parts of so many spans. */
function textsOf(groups: readonly SpanGroup[], partSpans: number): string[] {
  return textsOfBatch(sampleBatch(groups, 0), partSpans)
}

function textsOfBatch(batch: SpanBatch, partSpans: number): string[] {
  return Array.from(spansByTrace(batch).values(), (spans) => {
    const first = selectSpans(batch, spans)
    const trace = new TraceJson(shortTraceIdText(traceIdBytes(first, 0)), first.bytes.length)
    const pieces: Uint8Array[] = []
    for (let at = 0; at < spans.length; at += partSpans) {
      pieces.push(...trace.spans(selectSpans(batch, spans.slice(at, at + partSpans))))
    }
    return Buffer.concat([...pieces, trace.end([])]).toString()
  })
}

/** Some of the spans with flags and warnings of Jaeger, or with what only looks like these. */
function withJaegerKeys(random: Random, group: SpanGroup): SpanGroup {
  const spans = group.spans.map((span) => {
    const attributes = [...span.attributes]
    for (const [key, values] of jaegerValues) {
      if (random.oneIn(2)) continue
      const value = anyValueOf(random.pick(values))
      attributes.splice(random.below(attributes.length + 1), 0, { key, value })
    }
    return { ...span, attributes }
  })
  return { ...group, spans }
}

const jaegerValues: readonly (readonly [string, readonly [Plain, ...Plain[]]])[] = [
  ['@jaeger@flags', [2n, 0x8000_0002n, 3n, 'text']],
  ['@jaeger@warnings', [['one'], ['one', 'two "quoted" \u2028'], [], [1n], 'text']],
  ['@jaeger@warnings', [['another']]],
]

t.test('TraceJson makes of random spans what jaegerTracesOf() does', async (t) => {
  for (let at = 0; at < inputs; at++) {
    const random = createRandom(seed + at)
    const made = randomGroups(random, 4).map((group) => withJaegerKeys(random, group))
    const groups = groupsOf(sampleBatch(made, 0))
    const expected = jaegerTracesOf(groups).map((trace) => JSON.stringify(trace))
    t.strictSame(textsOf(groups, 1 + (at % 3)), expected, `SPANGATE_FUZZ_SEED=${seed + at}`)
  }
})

t.test(
  'TraceJson writes the keys that mean something to Jaeger as jaegerTracesOf() does',
  async (t) => {
    const text = (value: string) => ({ kind: 'string', value }) as const
    const spans = [
      sampleSpan({
        trace: 1,
        id: 1,
        kind: 2,
        flags: 1,
        traceState: 'a=b',
        status: { code: 2, message: 'gone\u2028"' },
        attributes: {
          '@jaeger@flags': 10n,
          '@jaeger@warnings': ['one', 'two "quoted"'],
          'span.kind': 'odd',
          error: false,
          big: 2n ** 60n,
          safe: -(2n ** 53n) + 1n,
          nan: Number.NaN,
          infinite: Number.NEGATIVE_INFINITY,
          zero: -0,
          ratio: 0.1,
          raw: Uint8Array.of(0, 1, 255),
          list: ['a', 1n, 0.5, undefined],
          none: undefined,
        },
        events: [
          { timeUnixNano: 1_999n, name: 'named', attributes: [], droppedAttributesCount: 0 },
          {
            timeUnixNano: 0n,
            name: 'twice',
            attributes: [{ key: 'event', value: text('kept') }],
            droppedAttributesCount: 0,
          },
        ],
        links: [
          link(1, 9, []),
          link(2, 3, [{ key: 'opentracing.ref_type', value: text('child_of') }]),
          { ...link(2, 3, []), spanId: new Uint8Array(3) },
        ],
      }),
      sampleSpan({
        trace: 1,
        id: 2,
        parent: 9,
        status: { code: 1, message: '' },
        links: [link(1, 9, [])],
      }),
      sampleSpan({
        trace: 1,
        id: 3,
        attributes: { '@jaeger@warnings': 'text', '@jaeger@flags': -1n },
      }),
    ]
    const groups = [
      sampleGroup(spans, { scope: { name: 'lib', version: '1.0' } }),
      { ...sampleGroup([sampleSpan({ trace: 1, id: 4 })]), resource: undefined },
    ]
    const kept = groupsOf(sampleBatch(groups, 0))
    const expected = jaegerTracesOf(kept).map((trace) => JSON.stringify(trace))
    t.strictSame(textsOf(kept, 2), expected)
  },
)

t.test('TraceJson writes what is encoded in odd ways as jaegerTracesOf() does', async (t) => {
  for (const [name, batch] of oddBatches()) {
    const groups = groupsOf(batch)
    const expected = jaegerTracesOf(groups).map((trace) => JSON.stringify(trace))
    t.strictSame(textsOf(groups, 1), expected, name)
    t.strictSame(textsOfBatch(batch, 1), expected, name)
  }
})

t.test('TraceJson gives a long trace in pieces, each of whole characters', async (t) => {
  const attributes = { text: 'ü"\u0001\u{1f600}'.repeat(200) }
  const spans = Array.from({ length: 300 }, (_, id) => {
    return sampleSpan({ trace: 1, id: id + 1, attributes })
  })
  const batch = sampleBatch([sampleGroup(spans)], 0)
  const trace = new TraceJson(shortTraceIdText(traceIdBytes(batch, 0)), batch.bytes.length)
  const pieces = [...trace.spans(batch), trace.end(['gone'])]
  t.ok(pieces.length > 5, 'more than one piece')
  const text = pieces.map((piece) => Buffer.from(piece).toString()).join('')
  const [expected] = jaegerTracesOf(groupsOf(batch))
  t.strictSame(JSON.parse(text), { ...expected, warnings: ['gone'] })
})

function link(trace: number, span: number, attributes: SpanGroup['spans'][0]['attributes']) {
  const { traceId, spanId } = sampleSpan({ trace, id: span })
  return { traceId, spanId, traceState: '', attributes, droppedAttributesCount: 0, flags: 0 }
}
