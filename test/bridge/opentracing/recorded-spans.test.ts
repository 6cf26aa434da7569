import { MockTracer } from 'opentracing'
import t from 'tap'
import { groupsOfRecorded } from '../../../bridge/opentracing/decode-recorded.ts'
import { recordedSpansOf } from '../../../bridge/opentracing/encode-recorded.ts'
import type { RecordedSpan } from '../../../bridge/opentracing/recorded-span.ts'
import { decodeRequest } from '../../../bridge/otlp/decode-request.ts'
import { encodeGroups } from '../../../bridge/otlp/encode-groups.ts'
import type { Random } from '../../fuzz/random.ts'
import { createRandom } from '../../fuzz/random.ts'
import { fuzzSettings } from '../../fuzz/run-fuzz.ts'
import { groupWith, linkTo } from '../round-trip/plain-group.ts'

const traceId = '0af7651916cd43dd8448eb211c80319c'
const full: RecordedSpan = {
  uuid: 'b7ad6b7169203331',
  operation: 'GET /cart',
  millis: [876.544, 1_700_000_000_123.456, 1_700_000_001_000],
  traceId,
  tags: { text: 'tea', int: 3, double: 0.5, yes: true, 'span.kind': 'server', error: true },
  references: [
    { type: 'child_of', traceId, uuid: '00000000000000aa' },
    { type: 'follows_from', traceId, uuid: '00000000000000bb' },
    { type: 'child_of', traceId: 'f'.repeat(32), uuid: '00000000000000cc' },
  ],
  logs: [
    { timestamp: 1_700_000_000_200, fields: { event: 'loaded', rows: 3 } },
    { timestamp: 1_700_000_000_300.001, fields: { rows: 4 } },
  ],
  process: { 'service.name': 'shop', ip: '127.0.0.1' },
}

t.test('groupsOfRecorded() reads all that OpenTracing has', async (t) => {
  const { groups, rejected, losses } = groupsOfRecorded([full])
  t.same(rejected, [])
  t.same(losses, [])
  t.match(groups, [
    {
      resource: {
        attributes: [{ key: 'service.name', value: { kind: 'string', value: 'shop' } }, {}],
      },
      scope: undefined,
      spans: [
        {
          name: 'GET /cart',
          kind: 2,
          status: { code: 2, message: '' },
          parentSpanId: Buffer.from('00000000000000aa', 'hex'),
          startUnixNano: 1_700_000_000_123_456_000n,
          endUnixNano: 1_700_000_001_000_000_000n,
          attributes: [
            { key: 'text', value: { kind: 'string', value: 'tea' } },
            { key: 'int', value: { kind: 'int', value: 3n } },
            { key: 'double', value: { kind: 'double', value: 0.5 } },
            { key: 'yes', value: { kind: 'bool', value: true } },
          ],
          events: [
            { name: 'loaded', timeUnixNano: 1_700_000_000_200_000_000n },
            { name: '', timeUnixNano: 1_700_000_000_300_001_000n },
          ],
          links: [
            { spanId: Buffer.from('00000000000000bb', 'hex') },
            { traceId: Buffer.alloc(16, 255) },
          ],
        },
      ],
    },
  ])
  t.equal(groups[0]?.spans[0]?.links.length, 2)
  const { rejected: refused } = decodeRequest(encodeGroups(groups), { arrivalUnixMs: 1 })
  t.same(refused, [], 'the gateway takes it')
})

t.test('recordedSpansOf() gives what groupsOfRecorded() read', async (t) => {
  const { spans, losses } = recordedSpansOf(groupsOfRecorded([full]).groups)
  t.strictSame(spans, [
    {
      ...full,
      references: full.references,
      tags: { text: 'tea', int: 3, double: 0.5, yes: true, 'span.kind': 'server', error: true },
    },
  ])
  t.same(losses, [])
})

t.test('groupsOfRecorded() reads what MockTracer prints', async (t) => {
  const tracer = new MockTracer()
  const span = tracer.startSpan('mock')
  span.addTags({ 'http.url': '/', error: true })
  span.finish(Date.now() + 5)
  tracer.startSpan('unfinished')
  const printed: unknown = JSON.parse(
    JSON.stringify(tracer.report().spans.map((one) => one.debug())),
  )
  const { groups, rejected, losses } = groupsOfRecorded(printed)
  t.same(rejected, [])
  t.same(losses, [{ part: 'unfinished', count: 1 }])
  const [first, second] = groups.flatMap((group) => group.spans)
  t.match(first, { name: 'mock', status: { code: 2 }, parentSpanId: undefined })
  t.ok((first?.endUnixNano ?? 0n) > (first?.startUnixNano ?? 0n))
  t.equal(second?.endUnixNano, second?.startUnixNano)
  const id = Buffer.from(first?.spanId ?? []).toString('hex')
  t.equal(Buffer.from(first?.traceId ?? []).toString('hex'), id.padStart(32, '0'))
  const [again] = recordedSpansOf(groups).spans
  t.match(again, (printed as readonly object[])[0] ?? {})
})

const bad: readonly (readonly [string, object, string, RegExp])[] = [
  ['a short uuid', { uuid: 'abc' }, 'span_id', /its uuid is not 16 hex digits/],
  ['a uuid of zeros', { uuid: '0'.repeat(16) }, 'span_id', /its uuid is zero/],
  ['a bad trace id', { traceId: 7 }, 'trace_id', /its traceId is not 32 hex/],
  ['no operation', { operation: null }, 'malformed', /its operation is no text/],
  ['a time that is none', { millis: [0, 'now', 1] }, 'malformed', /its start is no time/],
  ['a time past what µs can say', { millis: [0, 1, 1e16] }, 'malformed', /its finish is no time/],
  ['tags that are a list', { tags: [] }, 'malformed', /its tags is no object/],
  ['logs that are no list', { logs: {} }, 'malformed', /its logs is no list/],
  ['an unknown reference', { references: [{ type: 'x' }] }, 'malformed', /type of a reference/],
  [
    'a reference without ids',
    { references: [{ type: 'child_of' }] },
    'parent_span_id',
    /traceId of a reference/,
  ],
]

for (const [what, changes, reason, message] of bad) {
  t.test(`groupsOfRecorded() leaves out a span with ${what}, and no other`, async (t) => {
    const { groups, rejected } = groupsOfRecorded([full, { ...full, ...changes }, full])
    t.equal(groups.length, 2)
    t.match(rejected, [{ reason, message }])
    t.match(rejected[0]?.message, /^Cannot read span 1: /)
  })
}

t.test('groupsOfRecorded() refuses what is no list, and items that are no objects', async (t) => {
  t.throws(() => groupsOfRecorded({ spans: [] }), { name: 'TypeError' })
  const { groups, rejected } = groupsOfRecorded([null, 7, 'text', []])
  t.same(groups, [])
  t.equal(rejected.length, 4)
})

t.test('groupsOfRecorded() tells values and times that are none', async (t) => {
  const logs = [{ fields: { a: { b: 1 } } }]
  const { groups, losses } = groupsOfRecorded([{ ...full, logs, tags: { x: null } }])
  t.match(groups[0]?.spans[0], {
    attributes: [{ key: 'x', value: { kind: 'string', value: 'null' } }],
    events: [
      { timeUnixNano: 1_700_000_000_123_456_000n, attributes: [{ value: { value: '{"b":1}' } }] },
    ],
  })
  t.same(losses, [
    { part: 'values', count: 2 },
    { part: 'log_times', count: 1 },
  ])
})

t.test('recordedSpansOf() tells each part that OpenTracing has no place for', async (t) => {
  const [group] = groupsOfRecorded([full]).groups
  const [span] = group?.spans ?? []
  if (group === undefined || span === undefined) throw new Error('unreachable')
  const unknown = Uint8Array.of(0x78, 1)
  const [link] = span.links
  const scope = {
    name: 'lib',
    version: '2',
    attributes: [{ key: 'a', value: undefined }],
    droppedAttributesCount: 0,
  }
  const { spans, losses } = recordedSpansOf([
    {
      ...group,
      scope,
      scopeSchemaUrl: 'https://example.test',
      spans: [
        {
          ...span,
          unknown,
          startUnixNano: span.startUnixNano + 1n,
          flags: 1,
          traceState: 'a=1',
          status: { code: 1, message: 'well' },
          droppedEventsCount: 2,
          links: link === undefined ? [] : [{ ...link, traceState: 'b=2' }],
          attributes: [
            { key: 'large', value: { kind: 'int', value: 2n ** 60n } },
            { key: 'nan', value: { kind: 'double', value: Number.NaN } },
            { key: 'bytes', value: { kind: 'bytes', value: Uint8Array.of(0, 255) } },
            { key: 'list', value: { kind: 'array', value: [{ kind: 'int', value: 1n }] } },
            { key: 'nothing', value: { kind: 'empty' } },
            { key: 'twice', value: { kind: 'int', value: 1n } },
            { key: 'twice', value: { kind: 'int', value: 2n } },
          ],
        },
      ],
    },
  ])
  t.strictSame(spans[0]?.tags, {
    large: '1152921504606846976',
    nan: 'NaN',
    bytes: '00ff',
    list: '[1]',
    nothing: '',
    twice: 2,
    'otel.scope.name': 'lib',
    'otel.scope.version': '2',
    'span.kind': 'server',
    error: false,
    'otel.status_description': 'well',
    'w3c.tracestate': 'a=1',
  })
  t.strictSame(
    [...losses].sort((a, b) => (a.part < b.part ? -1 : 1)),
    [
      { part: 'dropped_counts', count: 1 },
      { part: 'equal_keys', count: 1 },
      { part: 'flags', count: 1 },
      { part: 'link_parts', count: 1 },
      { part: 'nanoseconds', count: 1 },
      { part: 'number_types', count: 1 },
      { part: 'schema_urls', count: 1 },
      { part: 'scope_attributes', count: 1 },
      { part: 'unknown_fields', count: 1 },
      { part: 'unwritable_numbers', count: 1 },
      { part: 'value_types', count: 3 },
    ],
  )
  const [back] = groupsOfRecorded(JSON.parse(JSON.stringify(spans))).groups
  t.match(back, {
    scope: { name: 'lib', version: '2' },
    spans: [{ traceState: 'a=1', status: { code: 1, message: 'well' }, kind: 2 }],
  })
})

t.test('a parent that is FOLLOWS_FROM stays one', async (t) => {
  const references = [{ type: 'follows_from', traceId, uuid: '00000000000000bb' }] as const
  const { groups } = groupsOfRecorded([{ ...full, references }])
  t.same(groups[0]?.spans[0]?.parentSpanId, Buffer.from('00000000000000bb', 'hex'))
  t.strictSame(recordedSpansOf(groups).spans[0]?.references, references)
})

const { inputs, seed } = fuzzSettings(300)

t.test('every span of OpenTracing is the same after a way through the model', async (t) => {
  t.comment(`SPANGATE_FUZZ_SEED=${seed}`)
  const random = createRandom(seed)
  const sent = Array.from({ length: inputs }, () => randomSpan(random))
  const { groups, rejected, losses } = groupsOfRecorded(sent)
  t.same(rejected, [])
  t.same(losses, [])
  const back = recordedSpansOf(groups)
  t.same(back.losses, [])
  t.strictSame(back.spans, sent)
})

function randomSpan(random: Random): RecordedSpan {
  const hex = (digits: number) =>
    Array.from({ length: digits }, () => random.below(16).toString(16))
      .join('')
      .replace(/^0/, '1')
  const time = () => Math.floor(random.below(2 ** 31) * 1e6 + random.below(1e6)) / 1000
  const value = () => {
    const values = ['', 'tea 🍵', true, false, random.below(1000) - 500, random.below(1000) / 7]
    return values[random.below(values.length)] ?? 0
  }
  const tags = Object.fromEntries(
    Array.from({ length: 1 + random.below(4) }, (_, at) => [`k${at}`, value()]),
  )
  const kinds = ['internal', 'server', 'client', 'producer', 'consumer']
  const [start, finish] = [time(), time()]
  const traceId = hex(32)
  const others = Array.from({ length: random.below(3) }, () => ({
    type: random.below(2) === 0 ? ('child_of' as const) : ('follows_from' as const),
    traceId: hex(32),
    uuid: hex(16),
  }))
  const parent = { type: 'child_of' as const, traceId, uuid: hex(16) }
  const references = random.below(2) === 0 ? others : [parent, ...others]
  const logs = Array.from({ length: random.below(3) }, () => ({
    timestamp: time(),
    fields: { event: 'e', field: value() },
  }))
  return {
    uuid: hex(16),
    operation: `operation ${random.below(10)}`,
    millis: [Math.round((finish - start) * 1000) / 1000, start, finish],
    traceId,
    tags: {
      ...tags,
      'span.kind': kinds[random.below(5)] ?? '',
      error: random.below(2) === 0,
    },
    ...(references.length > 0 && { references }),
    ...(logs.length > 0 && { logs }),
    process: { 'service.name': 'shop' },
  }
}

const parent = '00000000000000aa'
const sibling = '00000000000000bb'
const listed: Readonly<
  Record<string, readonly (readonly ['child_of' | 'follows_from', string])[]>
> = {
  'both types to one span': [
    ['child_of', parent],
    ['follows_from', parent],
  ],
  'a followed parent': [['follows_from', parent]],
  'one parent': [['child_of', parent]],
  'two of them': [
    ['child_of', parent],
    ['child_of', sibling],
    ['follows_from', sibling],
  ],
}
for (const [name, pairs] of Object.entries(listed)) {
  t.test(`references come back from the model: ${name}`, async (t) => {
    const references = pairs.map(([type, uuid]) => ({ type, traceId, uuid }))
    const read = groupsOfRecorded([{ ...full, references }])
    t.same(read.losses, [])
    const { spans, losses } = recordedSpansOf(read.groups)
    t.same(losses, [])
    t.same(spans[0]?.references, references)
  })
}

t.test('groupsOfRecorded() counts members that it does not know', async (t) => {
  const { losses } = groupsOfRecorded([
    {
      ...{ ...full, more: 1 },
      references: [{ type: 'child_of', traceId, uuid: parent, more: 2 }],
      logs: [{ timestamp: 1, fields: {}, more: 3 }],
    },
  ])
  t.same(losses, [{ part: 'unknown_members', count: 3 }])
})

t.test(
  'recordedSpansOf() counts what becomes another type, and what references cannot say',
  async (t) => {
    const id = (uuid: string) => new Uint8Array(Buffer.from(uuid, 'hex'))
    const own = new Uint8Array(16).fill(9)
    const childOf = [
      { key: 'opentracing.ref_type', value: { kind: 'string', value: 'child_of' } },
    ] as const
    const cases: readonly (readonly [string, Parameters<typeof groupWith>[0]])[] = [
      ['value_types', { attributes: [{ key: 'b', value: { kind: 'bytes', value: own } }] }],
      ['value_types', { attributes: [{ key: 'b', value: { kind: 'array', value: [] } }] }],
      ['value_types', { attributes: [{ key: 'b', value: { kind: 'empty' } }] }],
      ['number_types', { attributes: [{ key: 'b', value: { kind: 'double', value: 2 } }] }],
      ['parents', { links: [linkTo(own, id(sibling), childOf)] }],
      ['parent_links', { parentSpanId: id(parent), links: [linkTo(own, id(parent), childOf)] }],
      [
        'event_names',
        {
          events: [
            {
              ...{ timeUnixNano: 1000n, name: 'n', droppedAttributesCount: 0 },
              attributes: [{ key: 'event', value: { kind: 'string', value: 'other' } }],
            },
          ],
        },
      ],
    ]
    for (const [part, span] of cases) {
      t.same(recordedSpansOf([groupWith(span)]).losses, [{ part, count: 1 }])
    }
  },
)

t.test(
  'recordedSpansOf() keeps a followed parent beside a child_of link of its trace',
  async (t) => {
    const own = new Uint8Array(16).fill(9)
    const parentSpanId = new Uint8Array(8).fill(3)
    const type = (value: string) =>
      [{ key: 'opentracing.ref_type', value: { kind: 'string', value } }] as const
    const links = [
      linkTo(own, parentSpanId, type('follows_from')),
      linkTo(own, new Uint8Array(8).fill(4), type('child_of')),
    ]
    const { spans } = recordedSpansOf([groupWith({ parentSpanId, links })])
    const [group] = groupsOfRecorded(spans).groups
    t.same(Buffer.from(group?.spans[0]?.parentSpanId ?? []), Buffer.from(parentSpanId))
  },
)
