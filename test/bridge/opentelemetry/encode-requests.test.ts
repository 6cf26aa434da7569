import { ProtobufTraceSerializer } from '@opentelemetry/otlp-transformer'
import type { ReadableSpan } from '@opentelemetry/sdk-trace-base'
import t from 'tap'
import { encodeRequests } from '../../../bridge/opentelemetry/encode-requests.ts'
import { defaultExporterLimits } from '../../../bridge/opentelemetry/exporter-limits.ts'
import { decodeRequest } from '../../../bridge/otlp/decode-request.ts'
import { foreignDecode, foreignSpans } from '../otlp/foreign-decode.ts'
import { changed, fullSpan, sampleSpans } from './sample-spans.ts'

const limits = defaultExporterLimits

function encodeOne(span: ReadableSpan) {
  const { requests, refused, lostAttributes } = encodeRequests([span], limits)
  const [first] = requests.flatMap(({ bytes }) => foreignSpans(bytes))
  return { span: first, refused, lostAttributes }
}

/** Without what proto3 takes for absent: the foreign encoder writes it. A value's own member stays. */
function withoutDefaults(request: unknown): unknown {
  return JSON.parse(JSON.stringify(request), (key, member) => {
    const isDefault = member === 0 || member === '' || isEmpty(member)
    return isDefault && !key.endsWith('value') ? undefined : member
  })
}

function isEmpty(member: unknown): boolean {
  return typeof member === 'object' && member !== null && Object.keys(member).length === 0
}

t.test('encodeRequests() says what @opentelemetry/otlp-transformer 0.219.0 says', async (t) => {
  const spans = sampleSpans()
  const { requests, refused, lostAttributes } = encodeRequests(spans, limits)
  const theirs = ProtobufTraceSerializer.serializeRequest([...spans])
  if (theirs === undefined) throw new Error('the foreign encoder gave nothing')
  t.equal(requests.length, 1)
  t.equal(requests[0]?.spans, 5)
  const ours = foreignDecode(requests[0]?.bytes ?? new Uint8Array(0))
  t.strictSame(withoutDefaults(ours), withoutDefaults(foreignDecode(theirs)))
  t.same(refused, [])
  t.equal(lostAttributes, 0)
  const full = foreignSpans(theirs).find(({ name }) => name === 'GET /cart')
  t.strictSame(
    Object.keys(full ?? {}).sort(),
    [
      'attributes',
      'dropped_attributes_count',
      'dropped_events_count',
      'dropped_links_count',
      'end_time_unix_nano',
      'events',
      'flags',
      'kind',
      'links',
      'name',
      'parent_span_id',
      'span_id',
      'start_time_unix_nano',
      'status',
      'trace_id',
      'trace_state',
    ],
    'the comparison has every field of a span',
  )
})

t.test('encodeRequests() says more than the SDK has types for', async (t) => {
  const base = fullSpan()
  const { span } = encodeOne(
    changed(base, {
      attributes: {
        bytes: new Uint8Array([0, 255]),
        map: { inner: ['x', 1, { deep: true }] },
        large: 2 ** 53,
        minus: -0,
        big: -(2n ** 63n),
        over: 2n ** 63n,
        nothing: null,
      } as unknown as ReadableSpan['attributes'],
      instrumentationScope: {
        name: 'lib',
        attributes: { tier: 'gold' },
      } as ReadableSpan['instrumentationScope'],
    }),
  )
  const values = Object.fromEntries((span?.attributes ?? []).map(({ key, value }) => [key, value]))
  t.match(values, {
    bytes: { bytes_value: Buffer.from([0, 255]) },
    map: { kvlist_value: { values: [{ key: 'inner', value: { array_value: {} } }] } },
    large: { double_value: 2 ** 53 },
    minus: { double_value: -0 },
    big: { int_value: '-9223372036854775808' },
    over: { string_value: '9223372036854775808' },
    nothing: {},
  })
})

t.test('encodeRequests() keeps the attributes of a scope', async (t) => {
  const scope = {
    name: 'lib',
    version: '2',
    attributes: { tier: 'gold' },
    droppedAttributesCount: 1,
  }
  const { requests } = encodeRequests(
    [changed(fullSpan(), { instrumentationScope: scope as ReadableSpan['instrumentationScope'] })],
    limits,
  )
  t.match(foreignDecode(requests[0]?.bytes ?? new Uint8Array(0)), {
    resource_spans: [
      {
        scope_spans: [
          {
            scope: {
              name: 'lib',
              version: '2',
              attributes: [{ key: 'tier', value: { string_value: 'gold' } }],
              dropped_attributes_count: 1,
            },
          },
        ],
      },
    ],
  })
})

t.test('encodeRequests() counts attributes that OTLP has no value for as dropped', async (t) => {
  const ring: unknown[] = []
  ring.push(ring)
  const base = fullSpan()
  const attributes = { ring, call: () => 1, kept: 1 } as unknown as ReadableSpan['attributes']
  const { span, lostAttributes } = encodeOne(changed(base, { attributes }))
  t.equal(lostAttributes, 2)
  t.match(span, { dropped_attributes_count: base.droppedAttributesCount + 2 })
  t.strictSame(
    span?.attributes?.map(({ key }) => key),
    ['kept'],
  )
})

const own = fullSpan().spanContext()
const badSpans: readonly (readonly [string, Partial<ReadableSpan>, RegExp])[] = [
  [
    'a short trace id',
    { spanContext: () => ({ ...own, traceId: 'abc' }) },
    /trace id is "abc", must be 32 hex/,
  ],
  [
    'a trace id of zeros',
    { spanContext: () => ({ ...own, traceId: '0'.repeat(32) }) },
    /its trace id is zero/,
  ],
  [
    'a span id that is no hex',
    { spanContext: () => ({ ...own, spanId: 'x'.repeat(16) }) },
    /span id is "xxxx/,
  ],
  ['a bad parent', { parentSpanContext: { ...own, spanId: '12' } }, /parent span id is "12"/],
  ['a bad link', { links: [{ context: { ...own, traceId: '' } }] }, /trace id of a link is ""/],
]

for (const [what, changes, message] of badSpans) {
  t.test(`encodeRequests() leaves out a span with ${what} and nothing else`, async (t) => {
    const good = fullSpan()
    const { requests, refused } = encodeRequests([good, changed(good, changes), good], limits)
    t.equal(requests[0]?.spans, 2)
    t.match(refused, [{ reason: 'malformed', message }])
    t.equal(refused.length, 1)
    t.match(refused[0]?.message, 'Cannot export span "GET /cart"')
  })
}

t.test('encodeRequests() reads a parent of zeros and a time before 1970 as none', async (t) => {
  const parentSpanContext = { traceId: '0'.repeat(32), spanId: '0'.repeat(16), traceFlags: 0 }
  const { span } = encodeOne(
    changed(fullSpan(), { parentSpanContext, startTime: [-1, 0], endTime: [Number.NaN, 0] }),
  )
  t.notOk('parent_span_id' in (span ?? {}))
  t.notOk('start_time_unix_nano' in (span ?? {}))
  t.notOk('end_time_unix_nano' in (span ?? {}))
})

const bounds = [
  { requestBytesMax: 4000, requestSpansMax: 1000 },
  { requestBytesMax: 1_000_000, requestSpansMax: 7 },
]
for (const small of bounds) {
  const { requestBytesMax, requestSpansMax } = small
  t.test(
    `encodeRequests() fills ${requestBytesMax} bytes or ${requestSpansMax} spans`,
    async (t) => {
      const spans = Array.from({ length: 40 }, sampleSpans).flat()
      const { requests, refused } = encodeRequests(spans, small)
      t.same(refused, [])
      for (const request of requests) {
        t.ok(request.bytes.length <= requestBytesMax, `${request.bytes.length} bytes`)
        t.ok(request.spans <= requestSpansMax, `${request.spans} spans`)
        t.equal(foreignSpans(request.bytes).length, request.spans)
        const { rejected } = decodeRequest(request.bytes, { arrivalUnixMs: 1 })
        t.same(rejected, [], 'the gateway takes all of them')
      }
      const sent = requests.flatMap(({ bytes }) => foreignSpans(bytes))
      t.strictSame(
        sent.map(({ span_id }) => span_id.toString('hex')).sort(),
        spans.map((span) => span.spanContext().spanId).sort(),
      )
      const totalBytes = requests.reduce((sum, { bytes }) => sum + bytes.length, 0)
      const needed = Math.max(totalBytes / requestBytesMax, spans.length / requestSpansMax)
      t.ok(requests.length <= needed * 1.5, `${requests.length} requests, ${needed} are needed`)
    },
  )
}

t.test(
  'encodeRequests() refuses a span that alone is over the bytes, by name and limit',
  async (t) => {
    const good = fullSpan()
    const large = changed(good, { name: 'large', attributes: { text: 'x'.repeat(5000) } })
    const { requests, refused } = encodeRequests([good, large, good], {
      requestBytesMax: 4000,
      requestSpansMax: 9,
    })
    t.equal(
      requests.reduce((sum, { spans }) => sum + spans, 0),
      2,
    )
    t.match(refused, [
      { reason: 'too_large', message: /"large": it takes \d+ bytes, requestBytesMax is 4000/ },
    ])
  },
)
