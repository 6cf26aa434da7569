import t from 'tap'
import type { Decoded } from '../../../bridge/model/decoded.ts'
import type { KeyValue, Span } from '../../../bridge/model/span.ts'
import { groupsOf } from '../../../bridge/otlp/batch-objects.ts'
import { decodeZipkinJson } from '../../../bridge/zipkin/decode-json.ts'

const ids = { traceId: '463ac35c9f6413ad48485a3953bb6124', id: '48485a3953bb6124' }
const start = 1_795_000_000_000_000

function decode(spans: unknown): Decoded {
  const text = typeof spans === 'string' ? spans : JSON.stringify(spans)
  return decodeZipkinJson(Buffer.from(text), { arrivalUnixMs: 0, withTerms: true })
}

/** The one span of a list with these fields. */
function spanOf(fields: object): Span {
  const { batch, rejected } = decode([{ ...ids, name: 'get', timestamp: start, ...fields }])
  t.same(rejected, [])
  return groupsOf(batch)[0]?.spans[0] as Span
}

function textsOf(attributes: readonly KeyValue[]): Record<string, unknown> {
  return Object.fromEntries(
    attributes.map(({ key, value }) => [key, value?.kind === 'empty' ? null : value?.value]),
  )
}

t.test('ids are filled with zeros, and a span that is its own parent is a root', async (t) => {
  const span = spanOf({ traceId: 'ABC', id: '1', parentId: '1' })
  t.equal(Buffer.from(span.traceId).toString('hex'), '00000000000000000000000000000abc')
  t.equal(Buffer.from(span.spanId).toString('hex'), '0000000000000001')
  t.equal(span.parentSpanId, undefined)
  t.equal(spanOf({ parentId: null }).parentSpanId, undefined)
  t.equal(spanOf({ parentId: '0000000000000000' }).parentSpanId, undefined)
})

t.test('times are exact, and a start that is missing is told', async (t) => {
  const span = spanOf({ timestamp: 9_007_199_254_740_991, duration: 9_007_199_254_740_991 })
  t.equal(span.startUnixNano, 9_007_199_254_740_991_000n)
  t.equal(span.endUnixNano, 18_014_398_509_481_982_000n)
  t.equal(spanOf({ timestamp: '1795000000000001' }).startUnixNano, 1_795_000_000_000_001_000n)
  t.equal(spanOf({ timestamp: 1.795e15 }).startUnixNano, 1_795_000_000_000_000_000n)
  const unknown = spanOf({ timestamp: undefined, duration: 7 })
  t.equal(unknown.startUnixNano, 0n)
  t.equal(unknown.endUnixNano, 7000n)
  t.same(textsOf(unknown.attributes), { 'otel.zipkin.absentField.startTime': true })
})

t.test('a duration below 0 is repaired and told', async (t) => {
  const { batch, repairs } = decode([{ ...ids, name: 'x', timestamp: start, duration: -5 }])
  t.equal(repairs.get('negative_duration'), 1)
  const [span] = groupsOf(batch)[0]?.spans ?? []
  t.equal(span?.endUnixNano, span?.startUnixNano)
})

const statuses: readonly (readonly [object, object | undefined, string[]])[] = [
  [{}, undefined, []],
  [{ error: 'true' }, { code: 2, message: '' }, []],
  [{ error: '' }, { code: 2, message: '' }, ['error']],
  [{ error: 'false' }, { code: 2, message: '' }, ['error']],
  [{ 'otel.status_code': 'OK' }, { code: 1, message: '' }, []],
  [{ 'otel.status_code': 'STATUS_CODE_OK' }, { code: 1, message: '' }, []],
  [{ 'otel.status_code': 'Unset' }, { code: 0, message: '' }, []],
  [{ 'otel.status_code': 'Error', 'otel.status_description': 'd' }, { code: 2, message: 'd' }, []],
  [{ 'otel.status_code': 'OK', error: 'true' }, { code: 2, message: '' }, []],
  [{ 'otel.status_code': '7' }, undefined, ['otel.status_code']],
  [{ 'otel.status_description': 'd' }, undefined, ['otel.status_description']],
]
for (const [tags, status, kept] of statuses) {
  t.test(`status of tags ${JSON.stringify(tags)}`, async (t) => {
    const span = spanOf({ tags })
    t.strictSame(span.status, status)
    t.same(
      span.attributes.map(({ key }) => key),
      kept,
    )
  })
}

t.test('kinds, and the tag that stands for one', async (t) => {
  t.equal(spanOf({ kind: 'CLIENT' }).kind, 3)
  t.equal(spanOf({ kind: 'SERVER' }).kind, 2)
  t.equal(spanOf({ kind: 'PRODUCER' }).kind, 4)
  t.equal(spanOf({ kind: 'CONSUMER' }).kind, 5)
  const internal = spanOf({ tags: { 'span.kind': 'internal' } })
  t.equal(internal.kind, 1)
  t.same(internal.attributes, [])
  const kept = spanOf({ kind: 'CLIENT', tags: { 'span.kind': 'internal' } })
  t.equal(kept.kind, 3)
  t.same(textsOf(kept.attributes), { 'span.kind': 'internal' })
  const unknown = spanOf({ kind: 'BROKER' })
  t.equal(unknown.kind, 0)
  t.same(textsOf(unknown.attributes), { 'span.kind': 'BROKER' })
})

t.test('endpoints, debug and shared', async (t) => {
  const span = spanOf({
    localEndpoint: { serviceName: 'shop', ipv4: '10.0.0.1', ipv6: '::1', port: 80 },
    remoteEndpoint: { serviceName: 'stock', ipv4: '10.0.0.2', port: 81 },
    debug: true,
    shared: true,
  })
  t.strictSame(textsOf(span.attributes), {
    'network.local.address': '::1',
    'net.host.ip': '10.0.0.1',
    'net.host.port': 80n,
    'service.peer.name': 'stock',
    'network.peer.address': '10.0.0.2',
    'net.peer.port': 81n,
    'zipkin.shared': true,
    'zipkin.debug': true,
  })
})

t.test('annotations are events, with attributes where they are written so', async (t) => {
  const values = ['plain', 'a|b', 'e|{"s":"x|y","i":9007199254740993,"l":[1.5,null]}|4', 'b|{x}|0']
  const annotations = values.map((value) => ({ timestamp: start, value }))
  const { events } = spanOf({ annotations })
  t.same(
    events.map(({ name }) => name),
    ['plain', 'a|b', 'e', 'b|{x}|0'],
  )
  t.equal(events[0]?.timeUnixNano, 1_795_000_000_000_000_000n)
  t.equal(events[2]?.droppedAttributesCount, 4)
  t.strictSame(events[2]?.attributes, [
    { key: 's', value: { kind: 'string', value: 'x|y' } },
    { key: 'i', value: { kind: 'int', value: 9_007_199_254_740_993n } },
    {
      key: 'l',
      value: { kind: 'array', value: [{ kind: 'double', value: 1.5 }, { kind: 'empty' }] },
    },
  ])
})

t.test('links are by number, and what is none stays an attribute', async (t) => {
  const id = `${'a'.repeat(32)}|${'b'.repeat(16)}`
  const span = spanOf({
    tags: {
      'otlp.link.10': `${id}|x=y|{}|1`,
      'otlp.link.2': `${id}||{"k":"v"}|0`,
      'otlp.link.x': 'no number',
      'otlp.link.3': 'no link',
    },
  })
  t.same(
    span.links.map(({ traceState, droppedAttributesCount }) => [
      traceState,
      droppedAttributesCount,
    ]),
    [
      ['', 0],
      ['x=y', 1],
    ],
  )
  t.same(Object.keys(textsOf(span.attributes)).sort(), ['otlp.link.3', 'otlp.link.x'])
})

t.test('spans of one service, resource and scope are one group', async (t) => {
  const of = (service: string, tags: object = {}) => ({
    ...ids,
    name: 'get',
    localEndpoint: { serviceName: service },
    tags,
  })
  const scoped = { 'otel.scope.name': 'lib', 'otel.scope.version': '1', 'otel.library.name': 'x' }
  const { batch } = decode([
    ...[of('a'), of('b'), of('a'), of('a', { 'host.name': 'h' }), of('a', { 'host.name': 'h' })],
    ...[of('a', scoped), of('a', { 'service.name': 'c' })],
    of('fn', { 'otlp.service.name.source': 'faas.name' }),
  ])
  const groups = groupsOf(batch).map(({ resource, scope, spans }) => [
    textsOf(resource?.attributes ?? []),
    `${scope?.name ?? ''} ${scope?.version ?? ''}`,
    spans.length,
  ])
  t.strictSame(groups, [
    [{ 'service.name': 'a' }, ' ', 2],
    [{ 'service.name': 'b' }, ' ', 1],
    [{ 'service.name': 'a', 'host.name': 'h' }, ' ', 2],
    [{ 'service.name': 'a' }, 'lib 1', 1],
    [{ 'service.name': 'c' }, ' ', 1],
    [{ 'faas.name': 'fn', 'service.name': 'missing-service-name' }, ' ', 1],
  ])
})

t.test('texts with escapes, numbers and booleans for texts', async (t) => {
  const span = spanOf({ name: 'a"\\\n🚀', tags: { 'k"': 'v\t', n: 12.5, b: true, none: null } })
  t.equal(span.name, 'a"\\\n🚀')
  t.strictSame(textsOf(span.attributes), {
    ...{ 'k"': 'v\t', n: '12.5', b: 'true', none: null },
  })
})

const bad: readonly (readonly [object | null, string, string])[] = [
  [{ id: '1' }, 'trace_id', 'trace id has 0 bytes, must be 16'],
  [{ ...ids, traceId: '0' }, 'trace_id', 'trace id is all zero'],
  [{ ...ids, traceId: 'xyz' }, 'trace_id', '[0].traceId must be hex digits, is "xyz"'],
  [
    { ...ids, traceId: 'a'.repeat(33) },
    'trace_id',
    '[0].traceId has 33 digits, must be at most 32',
  ],
  [{ ...ids, traceId: 5 }, 'trace_id', '[0].traceId must be a string'],
  [{ ...ids, id: '' }, 'span_id', 'span id is all zero'],
  [{ ...ids, id: 'a'.repeat(17) }, 'span_id', '[0].id has 17 digits, must be at most 16'],
  [{ ...ids, parentId: 'z' }, 'parent_span_id', '[0].parentId must be hex digits, is "z"'],
  [{ ...ids, timestamp: 1.5 }, 'malformed', '[0].timestamp must be a whole number, is "1.5"'],
  [{ ...ids, timestamp: -1 }, 'malformed', '[0].timestamp must be at least 0'],
  [{ ...ids, timestamp: 2 ** 53 }, 'malformed', '[0].timestamp must be at most 9007199254740991'],
  [{ ...ids, tags: [] }, 'malformed', '[0].tags must be an object'],
  [{ ...ids, tags: { a: {} } }, 'malformed', '[0].tags must be a string'],
  [{ ...ids, annotations: {} }, 'malformed', '[0].annotations must be an array'],
  [
    { ...ids, localEndpoint: { port: 70_000 } },
    'malformed',
    '[0].localEndpoint.port must be 0 to 65535, is 70000',
  ],
  [
    { ...ids, annotations: [{ timestamp: 1, value: 'x', endpoint: {} }] },
    'malformed',
    '[0].annotations.endpoint is of v1, which is sent to /api/v1/spans',
  ],
  [
    { ...ids, binaryAnnotations: [] },
    'malformed',
    '[0].binaryAnnotations is of v1, which is sent to /api/v1/spans',
  ],
  [null, 'malformed', '[0] must be an object'],
]
for (const [span, reason, message] of bad) {
  t.test(`a span is refused alone: ${message}`, async (t) => {
    const { batch, rejected } = decode([span, { ...ids, name: 'good' }])
    t.same(rejected, [{ reason, message: `Cannot decode span: ${message}` }])
    t.equal(groupsOf(batch)[0]?.spans[0]?.name, 'good')
  })
}

t.test(
  'binary annotations of a v2 span are read over and counted, wherever they stand',
  async (t) => {
    const binaryAnnotations = [{ key: 'lc', value: 'x', endpoint: { serviceName: 'cart' } }]
    for (const more of [{ localEndpoint: { serviceName: 'cart' } }, { tags: { a: 'b' } }]) {
      for (const span of [
        { ...ids, name: 'kept', binaryAnnotations, ...more },
        { ...ids, name: 'kept', ...more, binaryAnnotations },
      ]) {
        const { batch, rejected, skippedFields } = decode([span])
        t.same(rejected, [])
        t.equal(skippedFields, 1)
        t.equal(groupsOf(batch)[0]?.spans[0]?.name, 'kept')
      }
    }
    const { rejected, skippedFields } = decode([{ ...ids, binaryAnnotations }])
    t.match(rejected, [{ message: /binaryAnnotations is of v1/ }])
    t.equal(skippedFields, undefined, 'what is refused is told once')
    t.equal(decode([{ ...ids, binaryAnnotations: null }]).rejected.length, 0)
  },
)

t.test('the endpoint of an annotation of a v2 span is read over, wherever it stands', async (t) => {
  const annotations = [
    { timestamp: 1, value: 'x', endpoint: { serviceName: 'cart' } },
    { timestamp: 2, value: 'y' },
  ]
  for (const more of [
    { localEndpoint: {} },
    { remoteEndpoint: { serviceName: 'pay' } },
    { tags: {} },
  ]) {
    for (const span of [
      { ...ids, annotations, ...more },
      { ...ids, ...more, annotations },
    ]) {
      const { batch, rejected, skippedFields } = decode([span])
      t.same(rejected, [])
      t.equal(skippedFields, 1)
      t.equal(groupsOf(batch)[0]?.spans[0]?.events.length, 2)
    }
  }
})

t.test('text that is no list of spans is refused with the byte', async (t) => {
  t.throws(() => decode('{}'), { code: 'bad_value', offset: 0 })
  t.throws(() => decode('[{"id":"1"'), { code: 'truncated', offset: 10 })
  t.throws(() => decode('[{"id":"1"}]x'), { code: 'bad_json', offset: 12 })
  t.same(groupsOf(decode('').batch), [])
  t.same(groupsOf(decode(' [ ] ').batch), [])
})

t.test('text that is not UTF-8 is repaired', async (t) => {
  const text = JSON.stringify([{ ...ids, name: 'x', tags: { k: '?' } }])
  const bytes = Buffer.from(text)
  bytes[bytes.indexOf('?')] = 0xff
  const { batch, repairs } = decodeZipkinJson(bytes, { arrivalUnixMs: 0 })
  t.equal(repairs.get('invalid_utf8'), 1)
  t.equal(groupsOf(batch)[0]?.spans.length, 1)
})

t.test('decodeZipkinJson() counts names that are not known, of each list by itself', (t) => {
  const span = { ...ids, new: [1], annotations: [{ timestamp: 1, value: 'x', new: 1 }] }
  const endpoint = { serviceName: 'cart', zone: 'eu' }
  t.equal(decode([span, { ...ids, localEndpoint: endpoint }]).skippedFields, 3)
  t.equal(decode([ids]).skippedFields, undefined)
  t.end()
})

t.test('decodeZipkinJson() counts a span that is its own parent', async (t) => {
  const { repairs } = decode([{ ...ids, parentId: ids.id }])
  t.equal(repairs.get('own_parent'), 1)
  t.equal(decode([ids]).repairs.get('own_parent'), undefined)
})

t.test(
  'decodeZipkinJson() counts what a second member of its name takes the place of',
  async (t) => {
    const twice = (member: string) => `[{"traceId":"1","id":"2",${member},${member}}]`
    for (const [member, count] of [
      ['"localEndpoint":{"serviceName":"a"}', 1],
      ['"remoteEndpoint":{"port":1}', 1],
      ['"name":"n"', 1],
      ['"tags":{"a":"b"}', undefined],
      ['"annotations":[{"timestamp":1,"value":"v"}]', undefined],
    ] as const) {
      const decoded = decodeZipkinJson(Buffer.from(twice(member)), { arrivalUnixMs: 0 })
      t.equal(decoded.skippedFields, count, member)
    }
  },
)

t.test(
  'decodeZipkinJson() keeps a tag that is null and an annotation without a member',
  async (t) => {
    const span = spanOf({ tags: { a: null }, annotations: [{}, { timestamp: 1, value: 'v' }] })
    t.same(
      span.attributes.find(({ key }) => key === 'a'),
      { key: 'a', value: { kind: 'empty' } },
    )
    t.same(
      span.events.map(({ timeUnixNano, name }) => [timeUnixNano, name]),
      [
        [0n, ''],
        [1000n, 'v'],
      ],
    )
  },
)
