import t from 'tap'
import type { DecodeOptions } from '../../../bridge/model/decoded.ts'
import { hexOf } from '../../../bridge/model/identifier.ts'
import {
  durationMicros,
  GroupField,
  groupCount,
  groupSlice,
  nameBytes,
  parentSpanIdBytes,
  SpanField,
  samplingThreshold,
  spanBytes,
  spanCount,
  spanField,
  startMicros,
  traceIdBytes,
} from '../../../bridge/model/span-batch.ts'
import { groupsOf, resourceOf, spanOf } from '../../../bridge/otlp/batch-objects.ts'
import { decodeRequest } from '../../../bridge/otlp/decode-request.ts'
import { encodeGroups } from '../../../bridge/otlp/encode-groups.ts'
import { encodeResource, encodeScope, encodeSpan } from '../../../bridge/otlp/encode-span.ts'
import { encodeTracesData } from '../../../bridge/otlp/encode-traces-data.ts'
import { textOf } from '../../../bridge/wire/reader.ts'
import { WireError } from '../../../bridge/wire/wire-error.ts'
import { WireWriter } from '../../../bridge/wire/writer.ts'
import { fieldBytes } from '../../fuzz/wire-tree.ts'
import { sampleGroup, sampleResource, sampleSpan, textAttribute } from './sample-span.ts'

const options: DecodeOptions = { arrivalUnixMs: 1_750_000_000_000 }
const join = (...parts: readonly Uint8Array[]) => new Uint8Array(Buffer.concat(parts))
const bytes = (hex: string) => new Uint8Array(Buffer.from(hex.replaceAll(' ', ''), 'hex'))
const text = (value: string) => new Uint8Array(Buffer.from(value))

/** A request of spans given by their bytes. */
function requestOf(...spans: readonly Uint8Array[]): Uint8Array {
  const scopeSpans = join(...spans.map((span) => fieldBytes(0x12, span)))
  const resource = fieldBytes(0x0a, encodeResource(sampleResource()))
  return fieldBytes(0x0a, join(resource, fieldBytes(0x12, scopeSpans)))
}

t.test(
  'decodeRequest() counts what a group without spans says, and unknown fields of the request',
  async (t) => {
    const ids = (span: WireWriter) => {
      span.bytes(1, Buffer.alloc(16, 1))
      span.bytes(2, Buffer.alloc(8, 1))
    }
    const requests: readonly (readonly [
      string,
      number | undefined,
      (request: WireWriter) => void,
    ])[] = [
      ['a full one', undefined, () => {}],
      ['an empty one', undefined, (request) => request.message(1, () => {})],
      [
        'a resource',
        1,
        (request) =>
          request.message(1, (group) => group.message(1, (resource) => resource.int32(2, 1))),
      ],
      [
        'a scope',
        1,
        (request) =>
          request.message(1, (group) => group.message(2, (scope) => scope.string(3, 'url'))),
      ],
      ['an unknown field', 1, (request) => request.string(9, 'important')],
      // Its span is told as rejected.
      [
        'a bad span',
        undefined,
        (request) =>
          request.message(1, (group) => {
            group.string(3, 'url')
            group.message(2, (scope) => scope.message(2, (span) => span.string(5, 'bad')))
          }),
      ],
    ]
    for (const [what, skipped, more] of requests) {
      const writer = new WireWriter()
      writer.message(1, (group) => group.message(2, (scope) => scope.message(2, ids)))
      more(writer)
      const decoded = decodeRequest(new Uint8Array(writer.finish()), { arrivalUnixMs: 0 })
      t.equal(spanCount(decoded.batch), 1)
      t.equal(decoded.skippedFields, skipped, what)
    }
  },
)

t.test('decodeRequest() fills the index of a span', async (t) => {
  const span = sampleSpan({
    parentSpanId: bytes('08090a0b0c0d0e0f'),
    traceState: 'v=1, ot=rv:1;th:c8',
    status: { code: 2, message: 'failed' },
  })
  const { batch, rejected, repairs } = decodeRequest(encodeGroups([sampleGroup([span])]), options)
  t.same([rejected.length, repairs.size, spanCount(batch), groupCount(batch)], [0, 0, 1, 1])
  t.equal(hexOf(traceIdBytes(batch, 0)), '0102030405060708090a0b0c0d0e0f10')
  t.equal(hexOf(parentSpanIdBytes(batch, 0) ?? text('')), '08090a0b0c0d0e0f')
  t.equal(textOf(nameBytes(batch, 0)), 'GET /cart')
  t.equal(startMicros(batch, 0), 1_750_000_000_123_456)
  t.equal(durationMicros(batch, 0), 1500)
  t.equal(spanField(batch, 0, SpanField.kind), 2)
  t.equal(spanField(batch, 0, SpanField.statusCode), 2)
  t.equal(samplingThreshold(batch, 0), 0xc8n << 48n)
  t.equal(textOf(groupSlice(batch, 0, GroupField.serviceName)), 'cart')
  t.equal(batch.arrivalUnixMs, options.arrivalUnixMs)
  t.strictSame(spanOf(batch, 0), span)
})

t.test('decodeRequest() rejects a bad span and keeps the others', async (t) => {
  const good = encodeSpan(sampleSpan())
  const id = (length: number, fill = 1) => new Uint8Array(length).fill(fill)
  const withId = (field: 'traceId' | 'spanId' | 'parentSpanId', value: Uint8Array) =>
    encodeSpan(sampleSpan({ [field]: value }))
  const cases: readonly (readonly [string, Uint8Array, string, RegExp])[] = [
    [
      'trace id of 15 bytes',
      withId('traceId', id(15)),
      'trace_id',
      /trace id has 15 bytes, must be 16/,
    ],
    ['no trace id', withId('traceId', id(0)), 'trace_id', /trace id has 0 bytes/],
    ['trace id of zeros', withId('traceId', id(16, 0)), 'trace_id', /trace id is all zero/],
    ['span id of 7 bytes', withId('spanId', id(7)), 'span_id', /span id has 7 bytes, must be 8/],
    ['span id of zeros', withId('spanId', id(8, 0)), 'span_id', /span id is all zero/],
    ['parent of 16 bytes', withId('parentSpanId', id(16)), 'parent_span_id', /has 16 bytes/],
    ['empty', new Uint8Array(0), 'empty', /span is empty/],
    ['cut off', good.subarray(0, -1), 'malformed', /span is broken at byte \d+ \(truncated\)/],
    ['name as varint', join(good, bytes('2801')), 'malformed', /bad_wire_type/],
    ['event that is cut off', join(good, bytes('5a02 1205')), 'malformed', /events is broken/],
    [
      'attribute value as varint',
      join(good, bytes('4a02 1001')),
      'malformed',
      /attributes is broken/,
    ],
    ['end of no group', join(good, bytes('bc01')), 'malformed', /bad_wire_type/],
    ['tag over 5 bytes', join(good, bytes('aa8080808000 00')), 'malformed', /bad_varint/],
  ]
  for (const [name, span, reason, message] of cases) {
    const { batch, rejected } = decodeRequest(requestOf(good, span, good), options)
    t.equal(spanCount(batch), 2, name)
    t.match(rejected, [{ reason, message }], name)
  }
})

t.test('decodeRequest() names the limit that a span passes', async (t) => {
  const attributes = Array.from({ length: 20 }, (_, index) => textAttribute(`key ${index}`, 'v'))
  const request = encodeGroups([sampleGroup([sampleSpan({ attributes }), sampleSpan()])])
  const cases = [
    [{ itemsMax: 19 }, 'too_large', /over 19 attributes.*itemsMax/],
    [{ spanBytesMax: 100 }, 'too_large', /at most 100 \(spanBytesMax\)/],
    [{ nestingMax: 4 }, 'too_deep', /attributes is nested over 4 .*nestingMax/],
  ] as const
  for (const [limits, reason, message] of cases) {
    // The resource's attributes are nested less deep than the span's.
    const { batch, rejected } = decodeRequest(request, { ...options, limits })
    t.equal(spanCount(batch), 1, message.source)
    t.match(rejected, [{ reason, message }])
  }
})

t.test('decodeRequest() rejects the spans of a resource past a limit', async (t) => {
  const large = sampleResource('x'.repeat(1000))
  const spans = [sampleSpan(), sampleSpan()]
  const groups = [sampleGroup(spans, { resource: large }), sampleGroup([sampleSpan()])]
  const limits = { resourceBytesMax: 500 }
  const { batch, rejected } = decodeRequest(encodeGroups(groups), { ...options, limits })
  t.match(rejected, [{ reason: 'too_large', message: /resource has 10\d\d bytes/ }, {}])
  t.equal(groupCount(batch), 1)
  t.equal(textOf(groupSlice(batch, 0, GroupField.serviceName)), 'cart')
})

t.test('decodeRequest() throws for bytes that are broken outside of spans', async (t) => {
  const cases: readonly (readonly [string, string, number])[] = [
    ['length past the end', '0a05 00', 1],
    ['field number 0', '0001', 0],
    ['resource_spans as varint', '0801', 1],
    ['scope_spans that is cut off', '0a02 1209', 3],
    ['resource with a broken attribute', '0a06 0a04 0a02 1209', 7],
    ['group without an end', '13', 1],
  ]
  for (const [name, hex, offset] of cases) {
    t.throws(() => decodeRequest(bytes(hex), options), { name: 'WireError', offset }, name)
  }
})

t.test('decodeRequest() reads wire forms that are unusual but legal', async (t) => {
  const span = encodeSpan(sampleSpan({ name: 'first' }))
  const resource = encodeResource(sampleResource())
  const more = encodeResource({
    attributes: [textAttribute('host.name', 'h1')],
    droppedAttributesCount: 0,
  })
  const scope = encodeScope({
    name: 'library',
    version: '',
    attributes: [],
    droppedAttributesCount: 0,
  })
  const scopeSpans = join(
    bytes('2001'),
    fieldBytes(0x12, join(span, fieldBytes(0x2a, text('last')), bytes('b3 02 08 01 b4 02'))),
    fieldBytes(0x1a, text('old')),
    fieldBytes(0x1a, text('new')),
    bytes('2802'),
    fieldBytes(0x0a, scope),
  )
  const request = fieldBytes(
    0x0a,
    join(
      fieldBytes(0x12, scopeSpans),
      fieldBytes(0x0a, resource),
      bytes('c23e 01 07'),
      // The tag of the resource with a byte more than it needs.
      join(bytes('8a00'), fieldBytes(0x0a, more).subarray(1)),
    ),
  )
  const { batch, rejected } = decodeRequest(join(request, bytes('1001')), options)
  t.same(rejected, [])
  const [group] = groupsOf(batch)
  t.match(group, {
    resource: { attributes: [{ key: 'service.name' }, { key: 'host.name' }] },
    scope: { name: 'library' },
    scopeSchemaUrl: 'new',
    spans: [{ name: 'last' }],
  })
  t.equal(hexOf(group?.scopeUnknown ?? text('')), '20012802')
  t.equal(hexOf(group?.resourceUnknown ?? text('')), 'c23e0107')
  t.equal(hexOf(group?.spans[0]?.unknown ?? text('')), 'b3020801b402')
  t.equal(textOf(groupSlice(batch, 0, GroupField.serviceName)), 'cart')
  const again = decodeRequest(encodeTracesData(batch), options)
  t.strictSame(groupsOf(again.batch), groupsOf(batch))
})

t.test('decodeRequest() takes eight zero bytes for no parent', async (t) => {
  const span = encodeSpan(sampleSpan({ parentSpanId: new Uint8Array(8) }))
  const { batch } = decodeRequest(requestOf(span), options)
  t.equal(parentSpanIdBytes(batch, 0), undefined)
  t.equal(spanOf(batch, 0).parentSpanId, undefined)
  t.same(spanBytes(batch, 0), span, 'the bytes stay as they are')
})

t.test('decodeRequest() drops groups without spans', async (t) => {
  const { batch } = decodeRequest(encodeGroups([sampleGroup([]), sampleGroup([])]), options)
  t.equal(groupCount(batch), 0)
})

t.test('decodeRequest() keeps bytes that need no repair where they are', async (t) => {
  const request = encodeGroups([sampleGroup([sampleSpan()])])
  const { batch } = decodeRequest(Buffer.from(request), options)
  t.equal(batch.bytes.length, request.length)
  t.same(encodeTracesData(batch), request)
})

t.test('decodeRequest() stays small for a request of bad spans', async (t) => {
  const request = fieldBytes(0x0a, fieldBytes(0x12, Buffer.alloc(2_000_000, bytes('1200'))))
  const { rejected } = decodeRequest(request, options)
  t.equal(rejected.length, 1_000_000)
  t.ok(new Set(rejected).size < 200, 'they share their messages')
})

t.test('decodeRequest() repairs only what it must', async (t) => {
  const good = sampleSpan()
  const bad = sampleSpan({ name: '', spanId: bytes('0000000000000002') })
  const { batch, repairs } = decodeRequest(
    encodeGroups([sampleGroup([good, bad, good], { resource: undefined })]),
    options,
  )
  t.same(
    [...repairs],
    [
      ['span_name_empty', 1],
      ['service_name_missing', 1],
    ],
  )
  t.equal(textOf(nameBytes(batch, 1)), 'empty-span-name')
  t.equal(textOf(groupSlice(batch, 0, GroupField.serviceName)), 'missing-service-name')
  t.match(resourceOf(batch, 0), { attributes: [{ key: 'service.name' }] })
  t.same(spanBytes(batch, 2), encodeSpan(good))
  t.throws(() => decodeRequest(bytes('ff'), options), WireError)
})

t.test(
  'decodeRequest() reads field 1000 of ResourceSpans where there is no scope_spans',
  async (t) => {
    const scope = (name: string) => {
      const span = fieldBytes(0x12, encodeSpan({ ...sampleSpan(), name }))
      return join(fieldBytes(0x0a, encodeScope({ ...emptyScope, name })), span)
    }
    const resource = fieldBytes(0x0a, encodeResource(sampleResource()))
    const former = (name: string) => fieldBytes(formerTag, scope(name))
    const alone = fieldBytes(0x0a, join(former('a'), resource, former('b')))
    const read = decodeRequest(alone, options)
    t.same([read.rejected, read.skippedFields], [[], undefined])
    t.match(groupsOf(read.batch), [
      { scope: { name: 'a' }, spans: [{ name: 'a' }], resource: sampleResource() },
      { scope: { name: 'b' }, spans: [{ name: 'b' }], resource: sampleResource() },
    ])
    t.same(
      encodeTracesData(read.batch),
      decodeAndEncode(fieldBytes(0x0a, join(resource, inField2('a'), inField2('b')))),
    )

    for (const parts of [
      [resource, former('old'), inField2('new')],
      [resource, inField2('new'), former('old')],
    ]) {
      const { batch, rejected, skippedFields } = decodeRequest(
        fieldBytes(0x0a, join(...parts)),
        options,
      )
      t.same([rejected, skippedFields], [[], undefined])
      t.match(groupsOf(batch), [{ scope: { name: 'new' }, spans: [{ name: 'new' }] }])
      t.equal(groupsOf(batch).length, 1)
      t.same(
        groupsOf(batch)[0]?.resourceUnknown,
        former('old'),
        'kept as a field that is not known',
      )
    }

    function inField2(name: string): Uint8Array {
      return fieldBytes(0x12, scope(name))
    }
  },
)

const formerTag = (1000 << 3) | 2
const emptyScope = { name: '', version: '', attributes: [], droppedAttributesCount: 0 }
const decodeAndEncode = (request: Uint8Array) =>
  encodeTracesData(decodeRequest(request, options).batch)
