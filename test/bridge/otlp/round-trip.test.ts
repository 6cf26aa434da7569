import t from 'tap'
import type { Span } from '../../../bridge/model/span.ts'
import { groupsOf } from '../../../bridge/otlp/batch-objects.ts'
import { decodeRequest } from '../../../bridge/otlp/decode-request.ts'
import { decodeResource, decodeScope, decodeSpan } from '../../../bridge/otlp/decode-span.ts'
import { batchOfGroups, encodeGroups } from '../../../bridge/otlp/encode-groups.ts'
import { encodeResource, encodeScope, encodeSpan } from '../../../bridge/otlp/encode-span.ts'
import { createRandom } from '../../fuzz/random.ts'
import { fuzzSettings } from '../../fuzz/run-fuzz.ts'
import { fieldBytes } from '../../fuzz/wire-tree.ts'
import { foreignDecode, foreignEncode } from './foreign-decode.ts'
import { randomSpan, sampleGroup, sampleResource, sampleSpan } from './sample-span.ts'

const join = (...parts: readonly Uint8Array[]) => new Uint8Array(Buffer.concat(parts))
const options = { arrivalUnixMs: 0 }

t.test('encodeGroups() and protobufjs read and write the same for random spans', async (t) => {
  const { seed } = fuzzSettings(0)
  t.comment(`SPANGATE_FUZZ_SEED=${seed}`)
  const random = createRandom(seed)
  const groups = Array.from({ length: 200 }, () => sampleGroup([randomSpan(random)]))
  const ours = encodeGroups(groups)
  const theirs = foreignEncode(foreignDecode(ours))
  t.strictSame(foreignDecode(theirs), foreignDecode(ours))
  t.strictSame(groupsOf(decodeRequest(theirs, options).batch), groups)
  t.strictSame(groupsOf(batchOfGroups(groups, options).batch), groups)
})

t.test('decodeSpan() reads back every number that encodeSpan() writes', async (t) => {
  const random = createRandom(1)
  for (let count = 0; count < 100; count++) {
    const span = randomSpan(random)
    t.strictSame(decodeSpan(encodeSpan(span)), span)
  }
})

t.test('encodeSpan() keeps unknown fields of every level', async (t) => {
  // Field 100 as a varint, a group and bytes.
  const unknown = new Uint8Array(Buffer.from('a00607a306a406a20601ff', 'hex'))
  const value = { kind: 'string', value: 'v', unknown } as const
  const list = { kind: 'array', value: [value], listUnknown: unknown, unknown } as const
  const map = {
    kind: 'kvlist',
    value: [{ key: 'k', value, unknown }],
    listUnknown: unknown,
  } as const
  const attributes = [
    { key: 'list', value: list, unknown },
    { key: 'map', value: map },
  ]
  const common = { attributes, droppedAttributesCount: 0, unknown }
  const span: Span = sampleSpan({
    ...common,
    events: [{ ...common, timeUnixNano: 1n, name: 'e' }],
    links: [
      {
        ...common,
        traceId: new Uint8Array(3),
        spanId: new Uint8Array(0),
        traceState: '',
        flags: 0,
      },
    ],
    status: { code: 0, message: '', unknown },
  })
  t.strictSame(decodeSpan(encodeSpan(span)), span)
  t.strictSame(decodeResource(encodeResource(common)), common)
  const scope = { ...common, name: 'n', version: 'v' }
  t.strictSame(decodeScope(encodeScope(scope)), scope)
  const group = sampleGroup([span], { scope, resourceUnknown: unknown, scopeUnknown: unknown })
  t.strictSame(groupsOf(batchOfGroups([group], options).batch), [group])
})

t.test('decodeSpan() merges what protobuf merges and lets the last scalar win', async (t) => {
  const status = (code: number) => fieldBytes(0x7a, Uint8Array.of(0x18, code))
  const message = fieldBytes(0x7a, fieldBytes(0x12, Buffer.from('text')))
  const item = fieldBytes(0x2a, fieldBytes(0x0a, Uint8Array.of(0x18, 5)))
  const attribute = fieldBytes(0x4a, join(fieldBytes(0x12, item), fieldBytes(0x12, item)))
  const name = (value: string) => fieldBytes(0x2a, Buffer.from(value))
  const span = encodeSpan(sampleSpan({ name: '' }))
  const decoded = decodeSpan(
    join(span, status(1), message, status(2), name('one'), name('two'), attribute),
  )
  t.strictSame(decoded.status, { code: 2, message: 'text' })
  t.equal(decoded.name, 'two')
  const parents = [new Uint8Array(18), new Uint8Array(8).fill(1)]
  const replaced = decodeSpan(join(span, ...parents.map((id) => fieldBytes(0x22, id))))
  t.same(replaced.parentSpanId, parents[1], 'the first one has a length that no id has')
  const five = { kind: 'int', value: 5n }
  t.match(decoded.attributes, [{ key: '', value: { kind: 'array', value: [five, five] } }])
})

t.test('decodeSpan() keeps members of AnyValue that only profiles have', async (t) => {
  const value = fieldBytes(0x12, Uint8Array.of(0x40, 9))
  const attribute = fieldBytes(0x4a, join(value, Uint8Array.of(0x18, 4)))
  const bytes = join(encodeSpan(sampleSpan()), attribute)
  const span = decodeSpan(bytes)
  t.match(span.attributes, [{ key: '', value: { kind: 'empty' } }])
  t.strictSame(encodeSpan(span).length, bytes.length)
  t.match(foreignDecode(encodeGroups([sampleGroup([span])])), {
    resource_spans: [
      {
        scope_spans: [
          { spans: [{ attributes: [{ key_strindex: 4, value: { string_value_strindex: 9 } }] }] },
        ],
      },
    ],
  })
})

t.test('decodeSpan() refuses ids that the model has no place for', async (t) => {
  const short = encodeSpan(sampleSpan({ traceId: new Uint8Array(15).fill(1) }))
  t.throws(() => decodeSpan(short), {
    name: 'WireError',
    message: /trace id has 15 bytes, must be 16/,
  })
})

t.test('encodeGroups() writes a resource that is absent as absent', async (t) => {
  const group = sampleGroup([sampleSpan()], { resource: undefined })
  const decoded = foreignDecode(encodeGroups([group]))
  t.notOk(decoded.resource_spans?.[0]?.resource)
  t.ok(sampleResource().attributes.length)
})
