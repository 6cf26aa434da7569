import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { decodeTraces } from '../../../bridge/jaeger-json/decode-traces.ts'
import type { Span, SpanGroup } from '../../../bridge/model/span.ts'
import { groupsOf } from '../../../bridge/otlp/batch-objects.ts'
import { WireError } from '../../../bridge/wire/wire-error.ts'
import { projectRoot } from '../../project-root.ts'

const options = { arrivalUnixMs: 0 }
const decodeText = (text: string) => decodeTraces(Buffer.from(text), options)
const decode = (json: unknown) => decodeText(JSON.stringify(json))
const groupsIn = (json: unknown): SpanGroup[] => groupsOf(decode(json).batch)

const span = {
  traceID: '5b8efff798038103d269b633813fc60c',
  spanID: 'eee19b7ec3c1b174',
  operationName: 'GET /cart',
  startTime: 1544712660000001,
  duration: 999,
  processID: 'p1',
}
const processes = { p1: { serviceName: 'shop', tags: [] } }

function traceOf(...spans: readonly unknown[]): object {
  return { traceID: span.traceID, spans, processes, warnings: null }
}

/** The one span of a trace in which `more` is set. */
function spanWith(more: object): Span {
  const { batch, rejected } = decode(traceOf({ ...span, ...more }))
  if (rejected[0] !== undefined) throw new Error(rejected[0].message)
  const [found] = groupsOf(batch)[0]?.spans ?? []
  if (found === undefined) throw new Error('no span')
  return found
}

/** What the one span's tag of this JSON text is, or why the span is refused. */
function tag(members: string): unknown {
  const text = JSON.stringify(traceOf({ ...span, tags: ['@'] }))
  const { batch, rejected } = decodeText(text.replace('"@"', `{"key":"a",${members}}`))
  if (rejected[0] !== undefined) return rejected[0].message
  return groupsOf(batch)[0]?.spans[0]?.attributes[0]?.value
}

t.test(
  'decodeTraces() reads every document that Jaeger or its user interface writes',
  async (t) => {
    const one = traceOf(span)
    const other = traceOf({ ...span, spanID: '2' })
    const envelope = { data: [one, other], total: 0, limit: 0, offset: 0, errors: null }
    t.equal(groupsIn(one)[0]?.spans.length, 1)
    t.equal(groupsIn([one, other])[0]?.spans.length, 2)
    t.equal(groupsIn(envelope)[0]?.spans.length, 2)
    t.same(groupsIn({ ...envelope, data: null }), [])
    t.same(groupsIn({ data: [] }), [])
    t.same([...decode(envelope).lost], [])
  },
)

t.test('decodeTraces() reads all that a span says', async (t) => {
  const read = spanWith({
    flags: 3,
    references: [
      { refType: 'CHILD_OF', traceID: span.traceID, spanID: '7' },
      { refType: 'FOLLOWS_FROM', traceID: '00000000000000000000000000000009', spanID: '8' },
    ],
    logs: [{ timestamp: 1544712660000002, fields: [{ key: 'event', type: 'string', value: 'e' }] }],
    tags: [{ key: 'span.kind', type: 'string', value: 'server' }],
    warnings: ['skew'],
  })
  t.equal(read.name, 'GET /cart')
  t.equal(read.startUnixNano, 1544712660000001000n)
  t.equal(read.endUnixNano, 1544712660001000000n)
  t.equal(read.flags, 1)
  t.equal(read.kind, 2)
  t.same(read.parentSpanId, Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 7))
  t.match(read.links, [{ spanId: Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 8) }])
  t.match(read.events, [{ name: 'e', timeUnixNano: 1544712660000002000n }])
  t.match(read.attributes, [
    { key: '@jaeger@flags', value: { kind: 'int', value: 2n } },
    { key: '@jaeger@warnings', value: { kind: 'array', value: [{ value: 'skew' }] } },
  ])
})

t.test('decodeTraces() finds the process of a span wherever it stands', async (t) => {
  const named = (json: unknown) =>
    groupsIn(json)[0]?.resource?.attributes.find(({ key }) => key === 'service.name')?.value
  t.match(named(traceOf(span)), { value: 'shop' })
  t.match(named({ processes, spans: [span], traceID: span.traceID }), { value: 'shop' })
  t.match(named(traceOf({ ...span, process: { serviceName: 'own', tags: [] } })), { value: 'own' })
  t.match(named(traceOf({ ...span, processID: 'p2' })), { value: 'missing-service-name' })
  const müll = { spans: [{ ...span, processID: 'pü' }], processes: { pü: { serviceName: 'müll' } } }
  t.match(named(müll), { value: 'müll' })
})

t.test('decodeTraces() fills in what a span leaves to its trace, and an old parent', async (t) => {
  const { traceID: _, ...rest } = span
  const read = groupsIn(traceOf(rest))[0]?.spans[0]
  t.same(read?.traceId, Buffer.from(span.traceID, 'hex'))
  t.same(spanWith({ parentSpanID: '7' }).parentSpanId, Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 7))
  t.equal(spanWith({ parentSpanID: '0' }).parentSpanId, undefined)
  const twice = spanWith({
    parentSpanID: '7',
    references: [{ refType: 'CHILD_OF', traceID: span.traceID, spanID: '7' }],
  })
  t.same(twice.links, [], 'a parent that is among the references too is said once')
})

t.test(
  'decodeTraces() takes the numbers without sign that Jaeger writes for negative ones',
  async (t) => {
    const text = JSON.stringify(traceOf({ ...span, duration: '@' }))
    const { batch, repairs } = decodeText(text.replace('"@"', '18446744073709551615'))
    t.equal(repairs.get('negative_duration'), 1)
    t.match(groupsOf(batch)[0]?.spans[0]?.attributes, [{ key: '@jaeger@warnings' }])
  },
)

const values: readonly [name: string, members: string, value: unknown][] = [
  ['a string', '"type":"string","value":"ü\\n"', { kind: 'string', value: 'ü\n' }],
  ['a value before its type', '"value":"5","type":"int64"', { kind: 'int', value: 5n }],
  [
    'a whole number',
    '"type":"int64","value":9007199254740993',
    { kind: 'int', value: 9007199254740993n },
  ],
  [
    'a whole number as a string',
    '"type":"int64","value":"-9223372036854775808"',
    { kind: 'int', value: -(2n ** 63n) },
  ],
  ['a double', '"type":"float64","value":1e21', { kind: 'double', value: 1e21 }],
  [
    'an infinite double',
    '"type":"float64","value":"-Inf"',
    { kind: 'double', value: Number.NEGATIVE_INFINITY },
  ],
  ['a boolean', '"type":"bool","value":true', { kind: 'bool', value: true }],
  ['a boolean as a string', '"type":"bool","value":"false"', { kind: 'bool', value: false }],
  ['bytes', '"type":"binary","value":"AAH/"', { kind: 'bytes', value: Uint8Array.of(0, 1, 255) }],
  [
    'no bytes, which Jaeger writes as null',
    '"type":"binary","value":null',
    { kind: 'bytes', value: new Uint8Array(0) },
  ],
  ['no type with a fraction', '"value":0.5', { kind: 'double', value: 0.5 }],
  ['no type with a whole number', '"value":5', { kind: 'int', value: 5n }],
]
for (const [name, members, value] of values) {
  t.test(`decodeTraces() reads a tag: ${name}`, async (t) => t.same(tag(members), value))
}

const refusals: readonly [string, object, string, string][] = [
  [
    'a trace id that is no hex',
    { traceID: 'xyz' },
    'trace_id',
    'spans[1].traceID must be at most 32 hex digits, is "xyz"',
  ],
  [
    'a span id that is too long',
    { spanID: '1'.repeat(17) },
    'span_id',
    `spans[1].spanID must be at most 16 hex digits, is "${'1'.repeat(17)}"`,
  ],
  [
    'a start that is no whole number',
    { startTime: 0.5 },
    'malformed',
    'spans[1].startTime must be a whole number, is "0.5"',
  ],
  [
    'a tag of an unknown type',
    { tags: [{ key: 'a', type: 'odd', value: 1 }] },
    'malformed',
    'spans[1].tags[0].type must be one of string, bool, int64, float64, binary, is "odd"',
  ],
  [
    'a tag whose value has another type',
    { tags: [{ key: 'a', type: 'bool', value: 1 }] },
    'malformed',
    'spans[1].tags[0].value must be true or false',
  ],
  [
    'a reference of an unknown type',
    { references: [{ refType: 'odd' }] },
    'malformed',
    'spans[1].references[0].refType must be CHILD_OF or FOLLOWS_FROM, is "odd"',
  ],
  [
    'a bad id of a reference',
    { references: [{ traceID: '-' }] },
    'malformed',
    'spans[1].references[0].traceID must be at most 32 hex digits, is "-"',
  ],
  ['a log that is no object', { logs: [1] }, 'malformed', 'spans[1].logs[0] must be an object'],
]
for (const [name, more, reason, message] of refusals) {
  t.test(`decodeTraces() refuses one span alone: ${name}`, async (t) => {
    const { batch, rejected, lost } = decode(traceOf(span, { odd: 1, ...span, ...more }, span))
    t.same(rejected, [{ reason, message: `Cannot decode span: ${message}` }])
    t.equal(groupsOf(batch)[0]?.spans.length, 2)
    t.same([...lost], [], 'what a refused span holds is not lost twice')
  })
}

t.test('decodeTraces() refuses a span without ids', async (t) => {
  const { spanID: _, ...rest } = span
  t.match(decode(traceOf(rest)).rejected, [{ reason: 'span_id' }])
})

const broken: readonly [string, string, RegExp][] = [
  ['text that is no JSON', '{"data":[}', /at byte 9/],
  [
    'a process of a wrong type',
    '{"spans":[],"processes":{"p1":{"serviceName":5}}}',
    /processes\.p1\.serviceName must be a string/,
  ],
  ['a list of something else', '{"data":[1]}', /data\[0\] must be an object/],
  ['something behind the document', '{"data":[]} x', /the end is expected at byte 12/],
  ['lists within lists', `${'{"data":['.repeat(5000)}${']}'.repeat(5000)}`, /over 1000 levels/],
]
for (const [name, text, message] of broken) {
  t.test(`decodeTraces() refuses a document: ${name}`, async (t) => {
    t.throws(() => decodeText(text), { name: 'WireError', message })
  })
}

t.test('decodeTraces() counts what no span has a place for', async (t) => {
  const trace = { ...traceOf({ ...span, odd: { deep: [1] } }), warnings: ['a', 'b'], more: 1 }
  t.same(
    [...decode(trace).lost],
    [
      ['unknown_member', 2],
      ['trace_warning', 2],
    ],
  )
})

t.test('decodeTraces() never fails in another way on any cut of a document', async (t) => {
  const file = join(projectRoot, 'test/golden/jaeger-json/jaeger-logs.jaeger-1.65.0.json')
  const whole = readFileSync(file)
  for (let length = 0; length < whole.length - 2; length += 31) {
    t.throws(() => decodeTraces(whole.subarray(0, length), options), WireError)
  }
})
