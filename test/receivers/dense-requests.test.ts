import t from 'tap'
import { spanCount } from '../../bridge/model/span-batch.ts'
import { WireError } from '../../bridge/wire/wire-error.ts'
import { WireWriter } from '../../bridge/wire/writer.ts'
import type { RequestFormat } from '../../src/receivers/decode-messages.ts'
import { decoders } from '../../src/receivers/decode-messages.ts'

const mebi = 1024 * 1024
const arrivalUnixMs = 1_795_000_000_123

/** So many copies of `bytes` one behind the other. */
function repeated(bytes: readonly number[] | Uint8Array, count: number): Buffer {
  return Buffer.alloc(bytes.length * count, Uint8Array.from(bytes))
}

/** A protobuf field of bytes. */
function field(number: number, bytes: Uint8Array): Buffer {
  const writer = new WireWriter()
  writer.bytesAlways(number, bytes)
  return Buffer.from(writer.finish())
}

/** The head of a field that is a list of structs, in Thrift's binary protocol. */
function structs(id: number, count: number): Buffer {
  const head = Buffer.from([15, 0, id, 12, 0, 0, 0, 0])
  head.writeUInt32BE(count, 4)
  return head
}

/** A bare list of structs. */
const list = (count: number) => structs(0, count).subarray(3)
/** An i64 field that is 1. */
const id64 = (id: number) => Buffer.from([10, 0, id, 0, 0, 0, 0, 0, 0, 0, 1])
const end = Buffer.of(0)
const jaegerIds = Buffer.concat([id64(1), id64(3)])
const zipkinIds = Buffer.concat([id64(1), id64(4)])
const protoIds = Buffer.concat([field(1, Buffer.alloc(16, 1)), field(2, Buffer.alloc(8, 1))])

/** A batch of one span with so many empty tags. */
function taggedBatch(tags: number): Buffer {
  return Buffer.concat([structs(2, 1), jaegerIds, structs(10, tags), Buffer.alloc(tags + 2)])
}

const json = (head: string, item: string, tail: string) =>
  Buffer.from(
    `${head}${Array(mebi / 4)
      .fill(item)
      .join()}${tail}`,
  )

/** Requests of a mebibyte that would cost seconds. */
const bombs: readonly (readonly [what: string, format: RequestFormat, bytes: () => Buffer])[] = [
  [
    'lists of spans one behind the other',
    'jaeger_thrift',
    () => {
      const one = Buffer.concat([structs(2, 60_000), Buffer.alloc(60_000)])
      return Buffer.concat([repeated(one, 17), end])
    },
  ],
  [
    'batches of an empty span',
    'jaeger_thrift',
    () => repeated(Buffer.concat([structs(2, 1), Buffer.alloc(2)]), mebi / 10),
  ],
  ['batches of empty tags', 'jaeger_thrift', () => repeated(taggedBatch(1000), 1000)],
  ['spans', 'jaeger_proto', () => field(1, repeated([0x0a, 0], mebi / 2))],
  ['batches', 'jaeger_proto', () => repeated([0x0a, 0], mebi / 2)],
  ['processes', 'jaeger_proto', () => field(1, repeated([0x12, 0], mebi / 2))],
  [
    'tags',
    'jaeger_proto',
    () => field(1, repeated(field(1, Buffer.concat([protoIds, repeated([0x42, 0], 5000)])), 100)),
  ],
  [
    'processes of spans',
    'jaeger_proto',
    () => field(1, repeated(field(1, Buffer.concat([protoIds, repeated([0x52, 0], 5000)])), 100)),
  ],
  ['spans', 'otlp_proto', () => field(1, field(2, repeated([0x12, 0], mebi / 2)))],
  ['scopes', 'otlp_proto', () => field(1, repeated([0x12, 0], mebi / 2))],
  ['resources', 'otlp_proto', () => repeated([0x0a, 0], mebi / 2)],
  ['parts of a resource', 'otlp_proto', () => field(1, repeated([0x0a, 0], mebi / 2))],
  [
    'attributes',
    'otlp_proto',
    () => {
      const span = field(2, Buffer.concat([protoIds, repeated([0x4a, 0], 5000)]))
      return field(1, field(2, repeated(span, 100)))
    },
  ],
  ['spans', 'otlp_json', () => json('{"resourceSpans":[{"scopeSpans":[{"spans":[', '{}', ']}]}]}')],
  ['resources', 'otlp_json', () => json('{"resourceSpans":[', '{}', ']}')],
  [
    'values',
    'otlp_json',
    () =>
      json(
        '{"resourceSpans":[{"resource":{"attributes":[{"value":{"arrayValue":{"values":[',
        '{}',
        ']}}}]}}]}',
      ),
  ],
  ['spans', 'zipkin_json', () => json('[', '{}', ']')],
  ['values that are no spans', 'zipkin_json', () => json('[', '1', ']')],
  [
    'annotations',
    'zipkin_json',
    () => json('[{"id":"1","traceId":"1","annotations":[', '{}', ']}]'),
  ],
  ['spans', 'zipkin_v1_json', () => json('[', '{}', ']')],
  ['spans', 'zipkin_thrift', () => Buffer.concat([list(mebi), Buffer.alloc(mebi)])],
  [
    'annotations',
    'zipkin_thrift',
    () => Buffer.concat([list(1), zipkinIds, structs(6, mebi), Buffer.alloc(mebi + 1)]),
  ],
  ['spans', 'zipkin_proto', () => repeated([0x0a, 0], mebi / 2)],
  [
    'tags',
    'zipkin_proto',
    () => {
      const ids = Buffer.concat([field(1, Buffer.alloc(8, 1)), field(3, Buffer.alloc(8, 1))])
      return repeated(field(1, Buffer.concat([ids, repeated([0x5a, 0], 5000)])), 100)
    },
  ],
]

for (const [what, format, bytes] of bombs) {
  t.test(`a mebibyte of empty ${what} in ${format} is refused before it costs much`, async (t) => {
    const request = new Uint8Array(bytes())
    let leastMs = Number.POSITIVE_INFINITY
    // The first time takes twice as long, or more, as its code is compiled meanwhile.
    for (let round = 0; round < 3; round++) {
      const before = process.cpuUsage()
      t.throws(() => decoders[format](request, { arrivalUnixMs }), {
        name: 'WireError',
        code: 'too_many',
        message:
          /it has over \d+ .* in \d+ bytes, at most \d+ and one for every \d+ bytes at byte \d+$/,
      })
      const { user, system } = process.cpuUsage(before)
      leastMs = Math.min(leastMs, (user + system) / 1000)
    }
    t.ok(leastMs < 1500, `${leastMs} ms`)
  })
}

t.test('zeros behind a batch, and nothing but zeros, are batches of nothing', async (t) => {
  const span = Buffer.concat([structs(2, 1), jaegerIds, Buffer.alloc(2)])
  for (const [bytes, spans] of [
    [Buffer.alloc(4 * mebi), 0],
    [Buffer.concat([span, Buffer.alloc(4 * mebi), span]), 2],
  ] as const) {
    const before = process.cpuUsage()
    const { batch, rejected, skippedFields } = decoders.jaeger_thrift(bytes, { arrivalUnixMs })
    t.equal(spanCount(batch), spans)
    t.same([rejected, skippedFields], [[], undefined])
    const { user } = process.cpuUsage(before)
    t.ok(user / 1000 < 500, `${user / 1000} ms`)
  }
})

t.test('a few empty ones are taken or rejected one by one, as ever', async (t) => {
  const span = Buffer.concat([structs(2, 60), Buffer.alloc(60), end])
  t.equal(decoders.jaeger_thrift(span, { arrivalUnixMs }).rejected.length, 60)
  const tagged = decoders.jaeger_thrift(taggedBatch(1000), { arrivalUnixMs })
  t.equal(spanCount(tagged.batch), 1)
  t.equal(decoders.zipkin_json(Buffer.from('[{},{}]'), { arrivalUnixMs }).rejected.length, 2)
})

t.test('batches that came apart do not pay for each other', async (t) => {
  const one = field(1, repeated([0x0a, 0], 64))
  const { rejected } = decoders.jaeger_batches(repeated(one, 100), { arrivalUnixMs })
  t.equal(rejected.length, 6400)
})

t.test('the work between two looks at who waits is bounded, also without a span', async (t) => {
  const nobody = new Error('nobody waits')
  const requests: readonly (readonly [RequestFormat, Buffer])[] = [
    [
      'jaeger_thrift',
      Buffer.concat([structs(2, 50_000), repeated([...jaegerIds, 0], 50_000), end]),
    ],
    ['jaeger_proto', repeated([0x0a, 16, 0x52, 14, ...Array(14).fill(0x0a)], 50_000)],
    ['otlp_proto', repeated([0x0a, 16, 0x1a, 14, ...Array(14).fill(0x61)], 50_000)],
    ['otlp_json', json('{"resourceSpans":[', '{"schemaUrl":"of nothing"}', ']}')],
  ]
  for (const [format, bytes] of requests) {
    let looks = 0
    const onItems = () => {
      looks += 1
      throw nobody
    }
    t.throws(() => decoders[format](bytes, { arrivalUnixMs, onItems }), nobody, format)
    t.equal(looks, 1)
  }
})

t.test('an error of too many elements tells where', async (t) => {
  try {
    decoders.zipkin_proto(repeated([0x0a, 0], 1000), { arrivalUnixMs })
    t.fail('must throw')
  } catch (error) {
    t.ok(error instanceof WireError)
    if (error instanceof WireError) t.equal(error.offset, 380)
  }
})
