import t from 'tap'
import type { Decoded } from '../../../bridge/model/decoded.ts'
import type { Span } from '../../../bridge/model/span.ts'
import { groupsOf } from '../../../bridge/otlp/batch-objects.ts'
import { decodeZipkinThrift } from '../../../bridge/zipkin/decode-thrift.ts'
import { decodeZipkinV1Json } from '../../../bridge/zipkin/decode-v1-json.ts'

// How v1 becomes v2 is held by test/golden/zipkin-in.test.ts, with what Zipkin's own codec makes of it.

const ids = { traceId: '463ac35c9f6413ad48485a3953bb6124', id: '48485a3953bb6124', name: 'get' }
const options = { arrivalUnixMs: 0, withTerms: true }
const decodeJson = (spans: unknown): Decoded =>
  decodeZipkinV1Json(Buffer.from(JSON.stringify(spans)), options)

/** The first span of a batch. */
function firstOf({ batch, rejected }: Decoded): Span {
  t.same(rejected, [])
  return groupsOf(batch)[0]?.spans[0] as Span
}

t.test('binary annotations keep their types in JSON', async (t) => {
  const binaryAnnotations = [
    { key: 'text', value: '5' },
    { key: 'bool', value: true },
    { key: 'number', value: 1.5 },
    { key: 'long', value: '9007199254740993', type: 'I64' },
    { key: 'wrong', value: 'x', type: 'I64' },
    { key: 'bytes', value: 'AAH/', type: 'BYTES' },
    { key: 'not bytes', value: '*', type: 'BYTES' },
  ]
  const { attributes } = firstOf(decodeJson([{ ...ids, timestamp: 1, binaryAnnotations }]))
  t.strictSame(attributes, [
    { key: 'text', value: { kind: 'string', value: '5' } },
    { key: 'bool', value: { kind: 'bool', value: true } },
    { key: 'number', value: { kind: 'double', value: 1.5 } },
    { key: 'long', value: { kind: 'int', value: 9_007_199_254_740_993n } },
    { key: 'wrong', value: { kind: 'string', value: 'x' } },
    { key: 'bytes', value: { kind: 'bytes', value: new Uint8Array([0, 1, 255]) } },
    { key: 'not bytes', value: { kind: 'string', value: '*' } },
  ])
})

t.test('a field that a later one replaces is counted, but no list', async (t) => {
  const twice = (member: string) =>
    decodeZipkinV1Json(
      Buffer.from(`[{"traceId":"1","id":"2","name":"get",${member},${member}}]`),
      options,
    ).skippedFields
  t.equal(twice('"duration":5'), 1)
  t.equal(twice('"annotations":[{"timestamp":1,"value":"x"}]'), undefined)
  t.equal(twice('"debug":null'), undefined)

  const field = (id: number) => [10, 0, id, 0, 0, 0, 0, 0, 0, 0, 1]
  const list = (...fields: readonly number[]) =>
    Buffer.from([12, 0, 0, 0, 1, ...field(1), ...field(4), ...fields, 0])
  const empty = [15, 0, 6, 12, 0, 0, 0, 0]
  t.equal(decodeZipkinThrift(list(...field(10), ...field(10)), options).skippedFields, 1)
  t.equal(decodeZipkinThrift(list(...empty, ...empty), options).skippedFields, undefined)
})

const bad: readonly (readonly [object, string, string])[] = [
  [{ ...ids, id: 'z' }, 'span_id', '[0].id must be hex digits, is "z"'],
  [{ ...ids, tags: {} }, 'malformed', '[0].tags is of v2, which is sent to /api/v2/spans'],
  [{ ...ids, kind: 'CLIENT' }, 'malformed', '[0].kind is of v2, which is sent to /api/v2/spans'],
  [{ ...ids, annotations: [5] }, 'malformed', '[0].annotations must be an object'],
  [
    {
      ...ids,
      annotations: Array.from({ length: 17 }, (_, at) => ({
        timestamp: 1,
        value: 'x',
        endpoint: { serviceName: `s${at}` },
      })),
    },
    'too_large',
    'span has annotations of over 16 services',
  ],
]
for (const [span, reason, message] of bad) {
  t.test(`a span of v1 is refused alone: ${message}`, async (t) => {
    const { batch, rejected } = decodeJson([span, ids])
    t.same(rejected, [{ reason, message: `Cannot decode span: ${message}` }])
    t.equal(groupsOf(batch)[0]?.spans.length, 1)
  })
}

t.test('more annotations than itemsMax refuse a span', async (t) => {
  const annotations = [{}, {}, {}].map(() => ({ timestamp: 1, value: 'x' }))
  const json = Buffer.from(JSON.stringify([{ ...ids, annotations }]))
  const { rejected } = decodeZipkinV1Json(json, { ...options, limits: { itemsMax: 2 } })
  t.match(rejected, [{ reason: 'too_large', message: /annotations has over 2 \(itemsMax\)$/ }])
  const list = thriftList([thriftSpan([[6, 15, structs([[0], [0], [0]])]])])
  const thrift = decodeZipkinThrift(list, { ...options, limits: { itemsMax: 2 } })
  t.match(thrift.rejected, [{ message: /span has over 2 annotations \(itemsMax\)$/ }])
})

t.test('binary annotations keep their types in Thrift', async (t) => {
  const values: readonly (readonly [number, number[]])[] = [
    [0, [1]],
    [1, [0, 255]],
    [2, [255, 254]],
    [3, [0, 0, 1, 0]],
    [4, [0x80, 0, 0, 0, 0, 0, 0, 0]],
    [5, [0x3f, 0xf8, 0, 0, 0, 0, 0, 0]],
    [6, [0x61]],
    [3, [1]],
  ]
  const annotations = values.map(([type, value]) => [
    ...field(11, 1, binary(Buffer.from(`k${type}`))),
    ...field(11, 2, binary(value)),
    ...field(8, 3, [0, 0, 0, type]),
    0,
  ])
  const list = thriftList([thriftSpan([[8, 15, structs(annotations)]])])
  const { attributes } = firstOf(decodeZipkinThrift(list, options))
  t.strictSame(
    attributes.slice(0, values.length).map(({ value }) => value),
    [
      { kind: 'bool', value: true },
      { kind: 'bytes', value: Uint8Array.of(0, 255) },
      { kind: 'int', value: -2n },
      { kind: 'int', value: 256n },
      { kind: 'int', value: -(2n ** 63n) },
      { kind: 'double', value: 1.5 },
      { kind: 'string', value: 'a' },
      { kind: 'bytes', value: Uint8Array.of(1) },
    ],
  )
})

t.test('a bad value refuses its Thrift span alone', async (t) => {
  const late = thriftSpan([[10, 10, [0x7f, 255, 255, 255, 255, 255, 255, 255]]])
  const { batch, rejected } = decodeZipkinThrift(thriftList([late, thriftSpan([])]), options)
  t.match(rejected, [{ reason: 'malformed', message: /timestamp must be 0 to 9007199254740991$/ }])
  t.equal(groupsOf(batch)[0]?.spans.length, 1)
})

t.test('bytes that are no list of spans are refused', async (t) => {
  const list = thriftList([thriftSpan([])])
  t.throws(() => decodeZipkinThrift(list.subarray(0, -1), options), { code: 'truncated' })
  t.throws(() => decodeZipkinThrift(Buffer.concat([list, Buffer.of(0)]), options), {
    code: 'bad_value',
    message: /1 bytes are behind the list/,
  })
  t.throws(() => decodeZipkinThrift(Buffer.of(8, 0, 0, 0, 1, 0, 0, 0, 1), options), {
    code: 'bad_wire_type',
  })
  t.throws(() => decodeZipkinThrift(Buffer.of(12, 127, 255, 255, 255, 0), options), {
    code: 'truncated',
  })
  t.same(groupsOf(decodeZipkinThrift(Buffer.alloc(0), options).batch), [])
})

/** Thrift's binary protocol, by its specification. */
function field(type: number, id: number, value: readonly number[]): number[] {
  return [type, 0, id, ...value]
}

function binary(bytes: Uint8Array | readonly number[]): number[] {
  return [0, 0, 0, bytes.length, ...bytes]
}

function structs(items: readonly (readonly number[])[]): number[] {
  return [12, 0, 0, 0, items.length, ...items.flat()]
}

function thriftSpan(fields: readonly (readonly [number, number, readonly number[]])[]): number[] {
  return [
    ...field(10, 1, [1, 2, 3, 4, 5, 6, 7, 8]),
    ...field(11, 3, binary(Buffer.from('get'))),
    ...field(10, 4, [8, 7, 6, 5, 4, 3, 2, 1]),
    ...fields.flatMap(([id, type, value]) => field(type, id, value)),
    0,
  ]
}

function thriftList(spans: readonly (readonly number[])[]): Buffer {
  return Buffer.from(structs(spans))
}

t.test('fields of v1 that are not known are counted, in JSON and in Thrift', async (t) => {
  const annotations = [{ timestamp: 1, value: 'x', new: 1, endpoint: { serviceName: 'a', new: 1 } }]
  t.equal(decodeJson([{ ...ids, new: {}, annotations }, ids]).skippedFields, 3)
  t.equal(decodeJson([ids]).skippedFields, undefined)
  const annotation = [...field(8, 9, [0, 0, 0, 1]), 0]
  const span = thriftSpan([
    // A text where a number is expected, a field of tomorrow, and one in an annotation.
    [10, 11, binary(Buffer.from('soon'))],
    [20, 8, [0, 0, 0, 1]],
    [6, 15, structs([annotation])],
  ])
  t.equal(decodeZipkinThrift(thriftList([span]), options).skippedFields, 3)
  t.equal(decodeZipkinThrift(thriftList([thriftSpan([])]), options).skippedFields, undefined)
})

t.test(
  'the name of a span with many services is not repeated beyond the length of the request',
  async (t) => {
    const annotations = Array.from({ length: 15 }, (_, at) => ({
      timestamp: 1,
      value: 'x',
      endpoint: { serviceName: `s${at}` },
    }))
    const span = { ...ids, name: 'n'.repeat(20_000), annotations }
    const request = Array.from({ length: 10 }, (_, at) => ({ ...span, id: `${at + 1}` }))
    const { batch, rejected } = decodeJson(request)
    const bytes = JSON.stringify(request).length
    t.ok(batch.bytes.length < 3 * bytes + 2 ** 17, `${batch.bytes.length} of ${bytes}`)
    t.match(rejected[0], { reason: 'too_large', message: /longer together than the request$/ })
    const few = decodeJson([{ ...ids, annotations }])
    t.same(few.rejected, [])
  },
)
