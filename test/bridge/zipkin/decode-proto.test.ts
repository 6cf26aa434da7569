import t from 'tap'
import type { Span } from '../../../bridge/model/span.ts'
import { groupsOf } from '../../../bridge/otlp/batch-objects.ts'
import { WireWriter } from '../../../bridge/wire/writer.ts'
import { decodeZipkinProto } from '../../../bridge/zipkin/decode-proto.ts'

const options = { arrivalUnixMs: 0, withTerms: true }

/** A list of spans, each of which `write` has a say in after its ids and name. */
function listOf(...writes: ((writer: WireWriter) => void)[]): Uint8Array {
  const list = new WireWriter()
  for (const write of writes) {
    list.message(1, (writer) => {
      writer.bytes(1, new Uint8Array(16).fill(1))
      writer.bytes(3, new Uint8Array(8).fill(2))
      writer.string(5, 'get')
      writer.fixed64(6, 1_795_000_000_000_000n)
      write(writer)
    })
  }
  return list.finish()
}

function spanOf(write: (writer: WireWriter) => void): Span {
  const { batch, rejected } = decodeZipkinProto(listOf(write), options)
  t.same(rejected, [])
  return groupsOf(batch)[0]?.spans[0] as Span
}

t.test('trace ids of 8 bytes are the lower half', async (t) => {
  const span = spanOf((writer) => writer.bytes(1, Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8)))
  t.same([...span.traceId], [0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8])
})

t.test('a scalar that a later one replaces is counted, but nothing that is joined', async (t) => {
  const skipped = (write: (writer: WireWriter) => void) =>
    decodeZipkinProto(listOf(write), options).skippedFields
  t.equal(
    skipped((writer) => writer.string(5, 'second')),
    1,
  )
  t.equal(
    skipped((writer) => {
      for (const end of ['a', 'b']) {
        writer.message(8, (endpoint) => endpoint.string(1, end))
        writer.message(11, (tag) => tag.string(1, end))
        writer.message(10, (annotation) => annotation.string(2, end))
      }
    }),
    undefined,
  )
})

t.test('addresses are text', async (t) => {
  const addresses: readonly (readonly [number, number[], string])[] = [
    [2, [10, 0, 0, 1], '10.0.0.1'],
    [3, [0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1], '2001:db8::1'],
    [3, [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1], '::1'],
    [3, [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255, 10, 0, 0, 1], '10.0.0.1'],
    [3, [0, 1, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 3], '1:0:2::3'],
  ]
  for (const [number, bytes, text] of addresses) {
    const span = spanOf((writer) =>
      writer.message(8, () => writer.bytes(number, Uint8Array.from(bytes))),
    )
    t.strictSame(span.attributes, [
      { key: 'network.local.address', value: { kind: 'string', value: text } },
    ])
  }
})

t.test('a kind that nobody knows is kept as a tag', async (t) => {
  const span = spanOf((writer) => writer.int32(4, 9))
  t.equal(span.kind, 0)
  t.strictSame(span.attributes, [{ key: 'span.kind', value: { kind: 'string', value: '9' } }])
})

const bad: readonly (readonly [(writer: WireWriter) => void, string, RegExp])[] = [
  [(writer) => writer.bytes(1, new Uint8Array(7)), 'trace_id', /trace_id has 7 bytes, must be 8/],
  [(writer) => writer.bytes(1, new Uint8Array(16)), 'trace_id', /trace id is all zero/],
  [(writer) => writer.bytes(3, new Uint8Array(9)), 'span_id', /id has 9 bytes, must be 8/],
  [(writer) => writer.bytes(2, new Uint8Array(3)), 'parent_span_id', /parent_id has 3 bytes/],
  [(writer) => writer.fixed64(6, 2n ** 60n), 'malformed', /timestamp must be at most 9007199254/],
  [(writer) => writer.int64(7, 2n ** 60n), 'malformed', /duration must be at most 9007199254/],
  [
    (writer) => writer.message(8, () => writer.bytes(2, new Uint8Array(5))),
    'malformed',
    /ipv4 has 5 bytes, must be 4/,
  ],
  [(writer) => writer.message(9, () => writer.uint32(4, 70_000)), 'malformed', /port must be 0 to/],
  [(writer) => writer.uint32(5, 1), 'malformed', /Cannot read field 5: wire type is 0/],
  [(writer) => writer.raw(Uint8Array.of(0x52, 200)), 'malformed', /varint|length/i],
]
for (const [write, reason, message] of bad) {
  t.test(`a span is refused alone: ${message.source}`, async (t) => {
    const { batch, rejected } = decodeZipkinProto(
      listOf(write, () => {}),
      options,
    )
    t.match(rejected, [{ reason, message }])
    t.equal(groupsOf(batch)[0]?.spans.length, 1)
  })
}

t.test('unknown fields are read over and counted, and broken framing is refused', async (t) => {
  const span = spanOf((writer) => {
    writer.string(99, 'new')
    writer.message(10, () => writer.string(7, 'new'))
  })
  t.equal(span.events.length, 1)
  const list = listOf((writer) => {
    writer.string(99, 'new')
    writer.message(10, () => writer.string(7, 'new'))
  })
  t.equal(
    decodeZipkinProto(Buffer.concat([list, Uint8Array.of(0x10, 1)]), options).skippedFields,
    3,
  )
  const known = listOf(() => {})
  t.equal(decodeZipkinProto(known, options).skippedFields, undefined)
  t.throws(() => decodeZipkinProto(known.subarray(0, -1), options), { code: 'bad_length' })
  t.throws(() => decodeZipkinProto(Uint8Array.of(0x08, 1), options), { code: 'bad_wire_type' })
})
