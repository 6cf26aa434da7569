import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import type { Span } from '../../../bridge/model/span.ts'
import { groupsOf } from '../../../bridge/otlp/batch-objects.ts'
import { decodeJsonRequest } from '../../../bridge/otlp/decode-json.ts'
import { decodeRequest } from '../../../bridge/otlp/decode-request.ts'
import { jsonOfGroups } from '../../../bridge/otlp/encode-json.ts'
import { encodeTracesData } from '../../../bridge/otlp/encode-traces-data.ts'
import { otlpMaker } from '../../golden/golden-names.ts'
import { projectRoot } from '../../project-root.ts'

const options = { arrivalUnixMs: 1_750_000_000_000 }
const decode = (json: unknown) => decodeText(JSON.stringify(json))
const decodeText = (text: string) => decodeJsonRequest(Buffer.from(text), options)

const span = {
  traceId: '5B8EFFF798038103D269B633813FC60C',
  spanId: 'eee19b7ec3c1b174',
  name: 'GET /cart',
  startTimeUnixNano: '1544712660000000001',
  endTimeUnixNano: '1544712661000000000',
}

function requestOf(...spans: readonly unknown[]): object {
  const resource = {
    attributes: [{ key: 'service.name', value: { stringValue: 'shop' } }],
  }
  return { resourceSpans: [{ resource, scopeSpans: [{ spans }] }] }
}

/** The one span of a request in which `more` is set. */
function spanWith(more: object): Span {
  const { batch, rejected } = decode(requestOf({ ...span, ...more }))
  if (rejected[0] !== undefined) throw new Error(rejected[0].message)
  const found = groupsOf(batch)[0]?.spans[0]
  if (found === undefined) throw new Error('no span')
  return found
}

/** What the one span's attribute of this JSON text is. */
function attribute(value: string): unknown {
  const text = JSON.stringify(requestOf({ ...span, attributes: ['@'] }))
  const { batch, rejected } = decodeText(text.replace('"@"', `{"key":"a","value":${value}}`))
  if (rejected[0] !== undefined) return rejected[0].message
  return groupsOf(batch)[0]?.spans[0]?.attributes[0]?.value
}

t.test('decodeJsonRequest() reads what the OTLP specification says of JSON', async (t) => {
  const read = spanWith({
    parentSpanId: 'EEE19B7EC3C1B173',
    kind: 2,
    flags: 257,
    traceState: 'a=b',
    status: { code: 2, message: 'no' },
    droppedEventsCount: 3,
    notKnown: { deep: [[{ a: [] }], 1.5e3, 'x', null, true, false, -0.1] },
    events: [{ timeUnixNano: 1544712660500000000, name: 'e', droppedAttributesCount: '2' }],
    links: [{ traceId: `${'00'.repeat(15)}01`, spanId: '0000000000000001', flags: 1 }],
  })
  t.equal(Buffer.from(read.traceId).toString('hex'), '5b8efff798038103d269b633813fc60c')
  t.equal(Buffer.from(read.parentSpanId ?? []).toString('hex'), 'eee19b7ec3c1b173')
  t.equal(read.startUnixNano, 1_544_712_660_000_000_001n)
  t.match(read, { kind: 2, flags: 257, traceState: 'a=b', droppedEventsCount: 3 })
  t.match(read.status, { code: 2, message: 'no' })
  t.match(read.events[0], {
    name: 'e',
    timeUnixNano: 1_544_712_660_500_000_000n,
    droppedAttributesCount: 2,
  })
  t.equal(read.links[0]?.flags, 1)
})

t.test('decodeJsonRequest() takes enums by name and null for what is left out', async (t) => {
  const read = spanWith({
    kind: 'SPAN_KIND_CONSUMER',
    status: { code: 'STATUS_CODE_ERROR' },
    events: null,
    parentSpanId: null,
  })
  t.equal(read.kind, 5)
  t.equal(read.status?.code, 2)
  t.equal(read.parentSpanId, undefined)
  t.equal(spanWith({ kind: 77 }).kind, 77, 'a number that is not known is kept')
})

t.test('decodeJsonRequest() reads numbers exactly', async (t) => {
  const time = (text: string) => {
    const json = JSON.stringify(requestOf({ ...span, startTimeUnixNano: '@' }))
    const { batch } = decodeText(json.replace('"@"', text))
    return groupsOf(batch)[0]?.spans[0]?.startUnixNano
  }
  t.equal(time('1544712660000000001'), 1_544_712_660_000_000_001n, 'beyond 2^53, unquoted')
  t.equal(time('1.544712660000000001e18'), 1_544_712_660_000_000_001n)
  t.equal(time('18446744073709551615'), 2n ** 64n - 1n)
  t.strictSame(attribute('{"intValue":"-9223372036854775808"}'), {
    kind: 'int',
    value: -(2n ** 63n),
  })
  t.strictSame(attribute('{"intValue":9007199254740993}'), {
    kind: 'int',
    value: 9007199254740993n,
  })
  t.strictSame(attribute('{"intValue":5.0}'), { kind: 'int', value: 5n })
  t.strictSame(attribute('{"doubleValue":-0.0}'), { kind: 'double', value: -0 })
  t.strictSame(attribute('{"doubleValue":"-Infinity"}'), { kind: 'double', value: -Infinity })
  t.strictSame(attribute('{"doubleValue":"NaN"}'), { kind: 'double', value: NaN })
  t.strictSame(attribute('{"doubleValue":"1e3"}'), { kind: 'double', value: 1000 })
})

t.test('decodeJsonRequest() reads values of every type, and defaults as values', async (t) => {
  t.strictSame(attribute('{"stringValue":""}'), { kind: 'string', value: '' })
  t.strictSame(attribute('{"boolValue":false}'), { kind: 'bool', value: false })
  t.strictSame(attribute('{"intValue":0}'), { kind: 'int', value: 0n })
  t.strictSame(attribute('{}'), { kind: 'empty' })
  t.strictSame(attribute('{"stringValue":null}'), { kind: 'empty' })
  t.strictSame(attribute('{"bytesValue":"AAH-_w"}'), {
    kind: 'bytes',
    value: new Uint8Array([0, 1, 254, 255]),
  })
  t.strictSame(attribute('{"arrayValue":{"values":[{"intValue":1},{"arrayValue":{}}]}}'), {
    kind: 'array',
    value: [
      { kind: 'int', value: 1n },
      { kind: 'array', value: [] },
    ],
  })
  t.strictSame(attribute('{"kvlistValue":{"values":[{"key":"k","value":{"boolValue":true}}]}}'), {
    kind: 'kvlist',
    value: [{ key: 'k', value: { kind: 'bool', value: true } }],
  })
})

t.test('decodeJsonRequest() reads escapes, and repairs half a surrogate pair', async (t) => {
  t.strictSame(
    attribute('{"string\\u0056alue":"\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\\ud83d\\ude00é"}'),
    {
      kind: 'string',
      value: '"\\/\b\f\n\r\té😀é',
    },
  )
  const { repairs } = decodeText(
    JSON.stringify(requestOf({ ...span, name: '@' })).replace('@', 'a\\ud83d'),
  )
  t.equal(repairs.get('invalid_utf8'), 1)
})

const badValues: readonly (readonly [object, string, string])[] = [
  [{ traceId: '5b8eff' }, 'trace_id', '3 bytes'],
  [{ traceId: 'W47/95gDgQPSabYzgT/GDA==' }, 'trace_id', 'spans[1].traceId must be hex digits'],
  [{ spanId: 12 }, 'span_id', 'spans[1].spanId must be a string'],
  [{ parentSpanId: 'eee' }, 'parent_span_id', 'spans[1].parentSpanId must be hex digits, is "eee"'],
  [{ name: ['x'] }, 'malformed', 'spans[1].name must be a string'],
  [{ kind: 'SERVER' }, 'malformed', 'spans[1].kind must be one of SPAN_KIND_UNSPECIFIED'],
  [{ kind: 2 ** 31 }, 'malformed', 'spans[1].kind must fit into 32 bits'],
  [{ startTimeUnixNano: -1 }, 'malformed', 'must be 0 to 18446744073709551615'],
  [{ startTimeUnixNano: 1.5 }, 'malformed', 'must be a whole number, is "1.5"'],
  [{ startTimeUnixNano: 'soon' }, 'malformed', 'must be a whole number, is "soon"'],
  [{ flags: 2 ** 32 }, 'malformed', 'spans[1].flags must be 0 to 4294967295'],
  [{ attributes: {} }, 'malformed', 'spans[1].attributes must be an array'],
  [{ attributes: [null] }, 'malformed', 'spans[1].attributes[0] must be an object'],
  [{ links: [{}, { traceId: 'x' }] }, 'malformed', 'spans[1].links[1].traceId must be hex digits'],
  [
    { attributes: [{ key: 'a', value: { intValue: 1, boolValue: true } }] },
    'malformed',
    'spans[1].attributes[0].value.boolValue is a second value',
  ],
  [
    { attributes: [{ key: 'a', value: { boolValue: 'true' } }] },
    'malformed',
    'boolValue must be true or false',
  ],
  [
    { attributes: [{ key: 'a', value: { bytesValue: 'A' } }] },
    'malformed',
    'bytesValue must be base64, is "A"',
  ],
  [{ status: { code: true } }, 'malformed', 'spans[1].status.code must be a number'],
]

for (const [wrong, reason, message] of badValues) {
  t.test(`decodeJsonRequest() rejects one span for ${JSON.stringify(wrong)}`, async (t) => {
    const { batch, rejected } = decode(
      requestOf(span, { ...span, ...wrong }, { ...span, name: 'c' }),
    )
    t.strictSame(
      groupsOf(batch).flatMap(({ spans }) => spans.map(({ name }) => name)),
      ['GET /cart', 'c'],
    )
    t.equal(rejected.length, 1)
    t.equal(rejected[0]?.reason, reason)
    t.match(rejected[0]?.message, message)
  })
}

t.test('decodeJsonRequest() rejects a span that names a field twice', async (t) => {
  const text = JSON.stringify(requestOf(span)).replace('"name"', '"name":"first","name"')
  t.match(decodeText(text).rejected[0]?.message, 'spans[0].name is there twice')
})

const brokenRequests: readonly (readonly [string, string])[] = [
  ['[]', 'Cannot decode request: the request must be an object'],
  ['{"resourceSpans":{}}', 'Cannot decode request: resourceSpans must be an array'],
  [
    '{"resourceSpans":[{},{"resource":{"attributes":[{"key":5}]}}]}',
    'Cannot decode request: resourceSpans[1].resource.attributes[0].key must be a string',
  ],
  ['{"resourceSpans":[]', 'Cannot read JSON: it ends where "," or "}" is expected at byte 19'],
  ['{"resourceSpans":[],}', 'Cannot read JSON: a name in quotes is expected at byte 20'],
  ['{"a":[1,]}', 'Cannot read JSON: a value is expected at byte 8'],
  ['{"a":01}', 'Cannot read JSON: "," or "}" is expected at byte 6'],
  ['{"a":"\\x"}', 'Cannot read JSON: an escape that JSON does not have at byte 6'],
  ['{"a":"\n"}', 'Cannot read JSON: no control character in a string is expected at byte 6'],
  ['{} {}', 'Cannot read JSON: the end is expected at byte 3'],
  ['{"a":nul}', 'Cannot read JSON: a value is expected at byte 5'],
  [`{"a":${'['.repeat(2000)}`, 'Cannot read JSON: over 1000 levels at byte 1006'],
]

for (const [text, message] of brokenRequests) {
  t.test(`decodeJsonRequest() refuses ${text.slice(0, 60)}`, async (t) => {
    t.throws(() => decodeText(text), {
      name: 'WireError',
      message: new RegExp(`^${escaped(message)}`),
    })
  })
}

function escaped(text: string): string {
  return text.replaceAll(/[[\]{}().*+?^$\\|]/g, '\\$&')
}

t.test('decodeJsonRequest() rejects a span whose value nests too deep, and no other', async (t) => {
  for (const levels of [49, 120, 100_000]) {
    const value = '{"arrayValue":{"values":['.repeat(levels) + ']}}'.repeat(levels)
    const text = JSON.stringify(requestOf(span, { ...span, attributes: ['@'] }))
    const nested = text.replace('"@"', `{"key":"a","value":${value}}`)
    const { batch, rejected } = decodeText(nested)
    t.equal(groupsOf(batch)[0]?.spans.length, 1)
    t.equal(rejected.length, 1)
    t.match(rejected[0]?.message, 'nested over')
  }
})

t.test('decodeJsonRequest() leaves the middle of a long path out', async (t) => {
  const value = `${'{"arrayValue":{"values":['.repeat(80)}5${']}}'.repeat(80)}`
  const text = `{"resourceSpans":[{"resource":{"attributes":[{"value":${value}}]}}]}`
  t.throws(() => decodeText(text), {
    message:
      /^Cannot decode request: resourceSpans\[0\]\.resource\.attributes\[0\]\.value\.[^…]+\.…\.values\[0\] must be an object at byte \d+$/,
  })
  try {
    decodeText(text)
  } catch (error) {
    t.ok(String(error).length < 300)
  }
})

t.test('decodeJsonRequest() takes no bytes and {} for a request without spans', async (t) => {
  t.equal(groupsOf(decodeText('').batch).length, 0)
  t.equal(groupsOf(decodeText(' {} ').batch).length, 0)
})

for (const name of ['all-fields', 'many-groups', 'unusual-times']) {
  t.test(`decodeJsonRequest() reads what jsonOfGroups() writes of ${name}`, async (t) => {
    const file = readFileSync(join(projectRoot, `test/golden/otlp/${name}${otlpMaker}.bin`))
    const groups = groupsOf(decodeRequest(new Uint8Array(file), options).batch)
    const { batch, rejected, repairs } = decode(jsonOfGroups(groups))
    t.equal(rejected.length, 0)
    t.equal(repairs.size, 0)
    t.strictSame(jsonOfGroups(groupsOf(batch)), jsonOfGroups(groups))
    const again = decodeRequest(encodeTracesData(batch), options)
    t.strictSame(jsonOfGroups(groupsOf(again.batch)), jsonOfGroups(groups))
  })
}

t.test('decodeJsonRequest() counts members that are not known, on every level', (t) => {
  const event = { name: 'e', droppedAttributesCount: 1, new: { a: 1 } }
  const { skippedFields, batch } = decode({
    ...requestOf({ ...span, entityRefs: [], events: [event] }),
    new: 1,
  })
  t.equal(skippedFields, 3)
  t.equal(groupsOf(batch)[0]?.spans.length, 1)
  t.equal(decode(requestOf(span)).skippedFields, undefined)
  t.end()
})

/** A request as exporters of before 0.15 wrote it, with `more` in its ResourceSpans. */
function formerRequest(more: object, ...spans: readonly unknown[]) {
  const instrumentationLibrary = { name: 'fetch', version: '0.28.0' }
  return {
    resourceSpans: [{ instrumentationLibrarySpans: [{ spans, instrumentationLibrary }], ...more }],
  }
}

t.test('decodeJsonRequest() takes the former names of scopes, wherever they stand', async (t) => {
  for (const more of [{}, { resource: {} }, { scopeSpans: [] }, { scope_spans: null }]) {
    const { batch, rejected, skippedFields } = decode(
      formerRequest(more, span, { ...span, name: 5 }, { ...span, name: 'last' }),
    )
    const [group] = groupsOf(batch)
    t.match(group?.scope, { name: 'fetch', version: '0.28.0' })
    t.same(
      group?.spans.map(({ name }) => name),
      ['GET /cart', 'last'],
    )
    t.match(rejected, [{ message: /instrumentationLibrarySpans\[0\]\.spans\[1\]\.name must be/ }])
    t.equal(skippedFields, undefined)
  }
  const text = JSON.stringify(formerRequest({}, span))
  const snake = text
    .replace('instrumentationLibrarySpans', 'instrumentation_library_spans')
    .replace('instrumentationLibrary', 'instrumentation_library')
  t.same(groupsOf(decodeText(snake).batch), groupsOf(decodeText(text).batch))
})

t.test(
  'decodeJsonRequest() counts former names beside the new ones, which say the same',
  async (t) => {
    const scopeSpans = [{ scope: { name: 'new' }, spans: [span] }]
    const before = formerRequest({ scopeSpans }, { ...span, name: 'again' })
    const behind = { resourceSpans: [{ scopeSpans, ...formerRequest({}, span).resourceSpans[0] }] }
    for (const request of [before, behind]) {
      const { batch, skippedFields, firstSkipped } = decode(request)
      t.match(groupsOf(batch), [{ scope: { name: 'new' }, spans: [{ name: 'GET /cart' }] }])
      t.equal(groupsOf(batch)[0]?.spans.length, 1)
      t.equal(skippedFields, 1)
      t.equal(firstSkipped, 'resourceSpans[0].instrumentationLibrarySpans')
    }
    const twice = JSON.stringify(formerRequest({ a: 1 }, span)).replace(
      '"a":1',
      '"instrumentationLibrarySpans":[]',
    )
    t.throws(() => decodeText(twice), { message: /instrumentationLibrarySpans is there twice/ })
  },
)
