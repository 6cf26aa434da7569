import t from 'tap'
import type { AnyValue } from '../../../bridge/model/span.ts'
import { decodeSpan } from '../../../bridge/otlp/decode-span.ts'
import { encodeSpan } from '../../../bridge/otlp/encode-span.ts'
import { bytesOfEscaped, escapedText } from '../../../bridge/repair/escaped-text.ts'
import { repairResource, repairScope, repairSpan } from '../../../bridge/repair/repair-span.ts'
import { createRandom } from '../../fuzz/random.ts'
import { sampleResource, sampleSpan, textAttribute } from '../otlp/sample-span.ts'

const bytes = (latin1: string) => new Uint8Array(Buffer.from(latin1, 'latin1'))
const bad = (latin1: string) => escapedText(bytes(latin1))
const asBytes = (latin1: string): AnyValue => ({ kind: 'bytes', value: bytes(latin1) })

t.test('escapedText() loses no byte', async (t) => {
  const random = createRandom(5)
  for (let count = 0; count < 2000; count++) {
    const any = random.bytes(random.below(12))
    t.same(bytesOfEscaped(escapedText(any)), any)
  }
  const parts = ['a', 'ü', '☃', '𝄞', '\udcff', '\udc80']
  const mixed = Array.from({ length: 50 }, () => parts[random.below(6)]).join('')
  t.equal(escapedText(bytesOfEscaped(mixed)), mixed)
})

t.test('repairSpan() gives a sound span back as it is', async (t) => {
  const span = sampleSpan({ endUnixNano: sampleSpan().startUnixNano })
  const { value, repairs } = repairSpan(span)
  t.equal(value, span, 'a duration of zero is no fault')
  t.same(repairs, [])
})

t.test('repairSpan() keeps text that is not UTF-8 as bytes', async (t) => {
  const attributes = [
    textAttribute(bad('k\xff'), 'value'),
    { key: 'invalid-tag-key-1', value: undefined },
    textAttribute(bad('\xfe'), bad('\xfd')),
    textAttribute('text', bad('v\xff')),
    { key: 'list', value: { kind: 'array', value: [{ kind: 'string', value: bad('\x80') }] } },
  ] as const
  const common = { attributes: [], droppedAttributesCount: 0 }
  const { value, repairs } = repairSpan(
    sampleSpan({
      name: bad('\xc0\xaf'),
      traceState: bad('a=\xff'),
      attributes,
      events: [{ ...common, timeUnixNano: 0n, name: bad('e\xff') }],
      links: [
        {
          ...common,
          traceId: bytes('\x01'),
          spanId: bytes('\x02'),
          traceState: bad('\xff'),
          flags: 0,
        },
      ],
      status: { code: 2, message: bad('m\xff') },
    }),
  )
  t.same(repairs, ['invalid_utf8'])
  t.strictSame(value.attributes, [
    { key: 'invalid-tag-key-2', value: asBytes('k\xff:value') },
    { key: 'invalid-tag-key-1', value: undefined },
    { key: 'invalid-tag-key-3', value: asBytes('\xfe:\xfd') },
    { key: 'text', value: asBytes('v\xff') },
    { key: 'list', value: { kind: 'array', value: [asBytes('\x80')] } },
    { key: 'invalid-span-name', value: asBytes('\xc0\xaf') },
    { key: 'invalid-trace-state', value: asBytes('a=\xff') },
    { key: 'invalid-status-message', value: asBytes('m\xff') },
  ])
  t.equal(value.name, 'invalid-span-name')
  t.equal(value.traceState, 'a=\ufffd')
  t.equal(value.status?.message, 'm\ufffd')
  t.match(value.events, [
    { name: 'invalid-event-name', attributes: [{ key: 'invalid-event-name' }] },
  ])
  t.match(value.links, [{ traceState: '\ufffd', attributes: [{ key: 'invalid-trace-state' }] }])
  t.strictSame(decodeSpan(encodeSpan(value)), value, 'it can be read by strict readers')
  t.equal(repairSpan(value).value, value, 'and is not repaired again')
})

t.test('repairSpan() ends a span when it starts and adds a warning', async (t) => {
  const warnings = { kind: 'array', value: [{ kind: 'string', value: 'old' }] } as const
  const span = sampleSpan({
    name: '',
    endUnixNano: 7n,
    attributes: [{ key: '@jaeger@warnings', value: warnings }],
  })
  const { value, repairs } = repairSpan(span)
  t.same(repairs, ['span_name_empty', 'negative_duration'])
  t.equal(value.name, 'empty-span-name')
  t.equal(value.endUnixNano, value.startUnixNano)
  t.match(value.attributes, [
    { value: { value: [{ value: 'old' }, { value: /end 7 ns, start 1750000000123456789 ns/ }] } },
  ])
  t.equal(repairSpan(value).value, value)
})

t.test('repairResource() names a service that has no name', async (t) => {
  const named = (value: AnyValue | undefined) => ({
    attributes: [{ key: 'service.name', value }],
    droppedAttributesCount: 0,
  })
  const cases = [
    [{ attributes: [], droppedAttributesCount: 0 }, 'service_name_missing', 'missing-service-name'],
    [named({ kind: 'string', value: '' }), 'service_name_empty', 'empty-service-name'],
    [named({ kind: 'int', value: 1n }), 'service_name_type', 'service-name-wrong-type'],
    [named(undefined), 'service_name_type', 'service-name-wrong-type'],
  ] as const
  for (const [resource, repair, name] of cases) {
    const { value, repairs } = repairResource(resource)
    t.same(repairs, [repair])
    t.match(value.attributes[0], textAttribute('service.name', name))
    t.equal(repairResource(value).value, value)
  }
  const sound = sampleResource()
  t.equal(repairResource(sound).value, sound)
})

t.test('repairScope() keeps a name that is not UTF-8 as bytes', async (t) => {
  const scope = {
    name: bad('\xff'),
    version: bad('\xfe'),
    attributes: [],
    droppedAttributesCount: 0,
  }
  const { value } = repairScope(scope)
  t.match(value, { name: 'invalid-scope-name', version: 'invalid-scope-version' })
  t.strictSame(value.attributes, [
    { key: 'invalid-scope-name', value: asBytes('\xff') },
    { key: 'invalid-scope-version', value: asBytes('\xfe') },
  ])
})
