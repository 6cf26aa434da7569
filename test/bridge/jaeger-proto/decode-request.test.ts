import t from 'tap'
import { decodePostSpansRequest } from '../../../bridge/jaeger-proto/decode-request.ts'
import type { Decoded, DecodeLimits } from '../../../bridge/model/decoded.ts'
import type { AnyValue, Span } from '../../../bridge/model/span.ts'
import { groupsOf } from '../../../bridge/otlp/batch-objects.ts'
import { WireError } from '../../../bridge/wire/wire-error.ts'
import type { WireWriter } from '../../../bridge/wire/writer.ts'
import { message, request, spanId, textTag, traceId, wireSpan } from './wire-span.ts'

t.test('decodePostSpansRequest() reads an 8-byte trace id as the low half', async (t) => {
  const { span } = one(wireSpan(undefined, { traceId: spanId }))
  t.same(Buffer.from(span.traceId), Buffer.concat([Buffer.alloc(8), spanId]))
})

const badIds: readonly (readonly [reason: string, bytes: Uint8Array, text: RegExp])[] = [
  ['trace_id', wireSpan(undefined, { traceId: new Uint8Array(15).fill(1) }), /has 15 bytes/],
  ['trace_id', wireSpan(undefined, { traceId: new Uint8Array(17).fill(1) }), /has 17 bytes/],
  ['trace_id', wireSpan(undefined, { traceId: new Uint8Array(16) }), /all zero/],
  ['trace_id', new Uint8Array(0), /all zero/],
  ['span_id', wireSpan(undefined, { spanId: traceId }), /has 16 bytes/],
  ['span_id', wireSpan(undefined, { spanId: new Uint8Array(8) }), /all zero/],
  ['span_id', wireSpan(undefined, { spanId: new Uint8Array(0) }), /all zero/],
  ['malformed', wireSpan((writer) => writer.bytesAlways(8, Uint8Array.of(0xff))), /truncated|ends/],
  ['malformed', wireSpan((writer) => writer.int64Always(3, 5n)), /wire type is 0, must be 2/],
  [
    'malformed',
    wireSpan((writer) => writer.message(4, () => writer.bytesAlways(1, new Uint8Array(15)))),
    /trace id of a reference: it has 15 bytes/,
  ],
]
for (const [reason, bytes, text] of badIds) {
  t.test(`decodePostSpansRequest() rejects a span for ${reason}, ${text}`, async (t) => {
    const { batch, rejected } = decode(request([wireSpan(), bytes, wireSpan()]))
    t.equal(rejected.length, 1)
    t.equal(rejected[0]?.reason, reason)
    t.match(rejected[0]?.message, text)
    t.equal(groupsOf(batch)[0]?.spans.length, 2, 'its batch is kept')
  })
}

t.test('decodePostSpansRequest() throws for framing outside of spans', async (t) => {
  for (const bytes of [
    Uint8Array.of(0x0a, 5, 0x0a),
    Uint8Array.of(0x0a, 2, 0x0a, 0x7f),
    Uint8Array.of(0x08, 1, 0xff),
    Uint8Array.of(0x0d, 1, 2, 3, 4),
    request([], Uint8Array.of(0x0a, 0x7f)),
  ]) {
    t.throws(() => decode(bytes), WireError, Buffer.from(bytes).toString('hex'))
  }
})

t.test('decodePostSpansRequest() of nothing is an empty batch', async (t) => {
  for (const bytes of [new Uint8Array(0), Uint8Array.of(0x0a, 0), request([])]) {
    const { batch, rejected } = decode(bytes)
    t.equal(batch.spans.length, 0)
    t.same(rejected, [])
  }
})

const limits: readonly (readonly [name: keyof DecodeLimits, bytes: Uint8Array])[] = [
  ['spanBytesMax', request([wireSpan((writer) => textTag(writer, 8, 'k', 'x'.repeat(200)))])],
  [
    'resourceBytesMax',
    request(
      [wireSpan()],
      message((w) => w.string(1, 'x'.repeat(200))),
    ),
  ],
  [
    'itemsMax',
    request([
      wireSpan((writer) => {
        for (let at = 0; at <= 100; at++) textTag(writer, 8, '', '')
      }),
    ]),
  ],
]
for (const [name, bytes] of limits) {
  t.test(`decodePostSpansRequest() rejects what is over ${name} and names it`, async (t) => {
    const { rejected } = decodePostSpansRequest(bytes, {
      arrivalUnixMs: 0,
      limits: { [name]: 100 },
    })
    t.equal(rejected[0]?.reason, 'too_large')
    t.match(rejected[0]?.message, new RegExp(name))
  })
}

t.test(
  'decodePostSpansRequest() groups by process and scope, in the order of their first spans',
  async (t) => {
    const own = (name: string, scope: string) =>
      wireSpan((writer) => {
        if (scope !== '') textTag(writer, 8, 'otel.scope.name', scope)
        writer.message(10, () => writer.string(1, name))
      })
    const spans = [
      own('a', ''),
      own('b', ''),
      own('a', 'lib'),
      wireSpan(),
      own('a', ''),
      own('shop', ''),
    ]
    const groups = groupsOf(decode(request(spans)).batch)
    t.same(
      groups.map(({ resource, scope, spans }) => [
        plain(resource?.attributes[0]?.value),
        scope?.name,
        spans.length,
      ]),
      [
        ['a', undefined, 2],
        ['b', undefined, 1],
        ['a', 'lib', 1],
        ['shop', undefined, 2],
      ],
    )
  },
)

t.test('decodePostSpansRequest() merges a batch and a process that come in pieces', async (t) => {
  const bytes = Buffer.concat([
    request(
      [wireSpan()],
      message((writer) => writer.string(1, 'shop')),
    ),
    request(
      [wireSpan()],
      message((writer) => textTag(writer, 2, 'zone', 'a')),
    ),
  ])
  const groups = groupsOf(decode(new Uint8Array(bytes)).batch)
  t.equal(groups.length, 1)
  t.equal(groups[0]?.spans.length, 2)
  t.same(
    groups[0]?.resource?.attributes.map(({ key }) => key),
    ['service.name', 'zone'],
  )
})

t.test(
  'decodePostSpansRequest() keeps bytes that are no UTF-8 and counts the repair',
  async (t) => {
    const bad = Uint8Array.of(0x61, 0xff)
    const bytes = request(
      [
        wireSpan((writer) => {
          writer.bytesAlways(3, bad)
          writer.message(8, () => {
            writer.string(1, 'value')
            writer.bytesAlways(3, bad)
          })
          writer.message(8, () => {
            writer.bytesAlways(1, bad)
            writer.string(3, 'v')
          })
        }),
      ],
      message((writer) => writer.bytesAlways(1, bad)),
    )
    const { batch, repairs } = decode(bytes)
    t.equal(repairs.get('invalid_utf8'), 2)
    const span = groupsOf(batch)[0]?.spans[0]
    t.equal(span?.name, 'invalid-span-name')
    t.same(
      span?.attributes.map(({ key, value }) => [key, plain(value)]),
      [
        ['value', Buffer.from(bad)],
        ['invalid-tag-key-1', Buffer.concat([bad, Buffer.from(':v')])],
        ['invalid-span-name', Buffer.from(bad)],
      ],
    )
  },
)

t.test('decodePostSpansRequest() bounds absurd times and says so', async (t) => {
  const at = (seconds: bigint, nanos: number, duration: bigint) =>
    one(
      wireSpan((writer) => {
        writer.message(6, () => {
          writer.int64(1, seconds)
          writer.int32(2, nanos)
        })
        writer.message(7, () => writer.int64(1, duration))
      }),
    ).span
  const late = at(2n ** 62n, 0, 1n)
  t.equal(late.startUnixNano, 2n ** 63n - 1n)
  t.match(warning(late), /Start time 4611686018427387904\.000000000 s since 1970 cannot be held/)
  const early = at(-(2n ** 63n), -1, 2n ** 63n - 1n)
  t.equal(early.startUnixNano, 0n)
  t.equal(early.endUnixNano, 2n ** 63n - 1n)
  const odd = at(1n, 2_000_000_000, 0n)
  t.equal(odd.startUnixNano, 3_000_000_000n)
  t.equal(odd.endUnixNano, 3_000_000_000n)
  t.same(odd.attributes, [])
})

t.test('decodePostSpansRequest() cannot be made to overwrite an id from a wrapper', async (t) => {
  const forged = message((writer) => writer.bytesAlways(1, new Uint8Array(16).fill(9)))
  const { span } = one(wireSpan((writer) => writer.bytesAlways(64_250, forged)))
  t.same(Buffer.from(span.traceId), Buffer.from(traceId))
})

function decode(bytes: Uint8Array): Decoded {
  return decodePostSpansRequest(bytes, { arrivalUnixMs: 0 })
}

function one(bytes: Uint8Array): { span: Span } {
  const { batch, rejected } = decode(request([bytes]))
  t.same(rejected, [])
  const span = groupsOf(batch)[0]?.spans[0]
  if (span === undefined) throw new Error('there is no span')
  return { span }
}

function warning(span: Span): string {
  const value = span.attributes.find(({ key }) => key === '@jaeger@warnings')?.value
  return value?.kind === 'array' ? String(plain(value.value[0])) : ''
}

function plain(value: AnyValue | undefined): unknown {
  if (value === undefined || value.kind === 'empty') return undefined
  return value.kind === 'bytes' ? Buffer.from(value.value) : value.value
}

t.test('a process that is remembered shares nothing with the request it came in', async (t) => {
  const binary = new Uint8Array(64).fill(7)
  const process = message((writer) => {
    writer.string(1, 'remembered')
    writer.message(2, () => {
      writer.string(1, 'blob')
      writer.uint32(2, 4)
      writer.bytes(7, binary)
      writer.uint32(999, 1)
    })
  })
  const bytes = request([wireSpan()], process)
  const lent = bytes.slice()
  const expected = groupsOf(decodePostSpansRequest(lent, { arrivalUnixMs: 0 }).batch)
  lent.fill(0xff)
  const scoped = wireSpan((writer) => textTag(writer, 8, 'otel.scope.name', 'library'))
  const again = decodePostSpansRequest(request([wireSpan(), scoped], process), { arrivalUnixMs: 0 })
  const [first, second] = groupsOf(again.batch)
  t.same(first, expected[0])
  t.same(second?.resource, expected[0]?.resource, 'also with a scope that is new')
})

t.test('decodePostSpansRequest() counts and tells the times that cannot be held', async (t) => {
  const times: readonly (readonly [field: number, seconds: bigint, text: RegExp])[] = [
    [6, -5n, /^Start time -5.0{9} s since 1970 cannot be held, moved to 0.0{9} s$/],
    [7, 10n ** 10n, /^Duration 10{10}.0{9} s cannot be held/],
    [9, -5n, /^Log time -5.0{9} s since 1970 cannot be held, moved to 0.0{9} s$/],
    [9, 10n ** 10n, /^Log time 10{10}.0{9} s since 1970 cannot be held, moved to 9223372036/],
  ]
  for (const [field, seconds, text] of times) {
    const time = (writer: WireWriter) => writer.int64(1, seconds)
    const bytes = wireSpan((writer) => {
      if (field !== 9) writer.message(field, () => time(writer))
      else writer.message(9, () => writer.message(1, () => time(writer)))
    })
    const { batch, repairs } = decode(request([bytes]))
    t.equal(repairs.get('time_range'), 1)
    const warnings = groupsOf(batch)[0]?.spans[0]?.attributes[0]?.value
    const [warning] = warnings?.kind === 'array' ? warnings.value : []
    t.match(warning?.kind === 'string' ? warning.value : undefined, text)
  }
})
