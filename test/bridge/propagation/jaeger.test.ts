/** The rules of Jaeger's documentation on client libraries, and of its clients where it is silent. */
import t from 'tap'
import { jaegerFormat } from '../../../bridge/propagation/jaeger.ts'
import type { Propagated } from '../../../bridge/propagation/propagated.ts'
import { lossTexts, readHeaders } from './read-headers.ts'

const jaeger = jaegerFormat()
const plain = jaegerFormat({ baggageEncoding: 'plain' })
const traceId = 'abcdef0123456789abcdef0123456789'
const spanId = '00f067aa0ba902b7'
const span = { traceId, spanId }
const read = (value: string) => readHeaders(jaeger, { 'uber-trace-id': value })

const valid: readonly (readonly [why: string, value: string, expected: object])[] = [
  ['sampled', `${traceId}:${spanId}:0:1`, { span, sampling: 'accepted' }],
  ['not sampled', `${traceId}:${spanId}:0:0`, { span, sampling: 'denied' }],
  ['flags of two digits', `${traceId}:${spanId}:0:01`, { span, sampling: 'accepted' }],
  ['debug', `${traceId}:${spanId}:0:3`, { span, sampling: 'debug' }],
  ['debug without sampled', `${traceId}:${spanId}:0:2`, { span, sampling: 'debug' }],
  ['firehose', `${traceId}:${spanId}:0:9`, { span: { ...span, isFirehose: true } }],
  ['escaped colons', `${traceId}%3A${spanId}%3a0%3A1`, { span, sampling: 'accepted' }],
  ['a parent', `${traceId}:${spanId}:b7:1`, { span: { parentSpanId: '00000000000000b7' } }],
  ['a parent of zeros', `${traceId}:${spanId}:0000000000000000:1`, { span }],
  ['missing zeros', 'a:b:0:1', { span: { traceId: 'a'.padStart(32, '0') } }],
  ['64-bit id', `${spanId}:b:0:1`, { span: { traceId: spanId.padStart(32, '0') } }],
  ['upper case', `${traceId.toUpperCase()}:${spanId}:0:1`, { span }],
]

for (const [why, value, expected] of valid) {
  t.test(`jaegerFormat().extract() takes an uber-trace-id: ${why}`, async (t) => {
    const { propagated, losses } = read(value)
    t.match(propagated, expected)
    t.same(losses, [])
  })
}

const invalid: readonly (readonly [why: string, value: string, reason: string])[] = [
  ['nothing', '', 'malformed'],
  ['three fields', `${traceId}:${spanId}:0`, 'malformed'],
  ['five fields', `${traceId}:${spanId}:0:1:0`, 'malformed'],
  ['trace id of zeros', `0:${spanId}:0:1`, 'zero_id'],
  ['span id of zeros', `${traceId}:0:0:1`, 'zero_id'],
  ['trace id of 33', `1${traceId}:${spanId}:0:1`, 'malformed'],
  ['span id of 17', `${traceId}:1${spanId}:0:1`, 'malformed'],
  ['no hex', `g:${spanId}:0:1`, 'malformed'],
  ['no span', `${traceId}::0:1`, 'malformed'],
  ['no flags', `${traceId}:${spanId}:0:`, 'malformed'],
  ['flags of three digits', `${traceId}:${spanId}:0:100`, 'malformed'],
  ['parent is no hex', `${traceId}:${spanId}:x:1`, 'malformed'],
  ['very long', `${'0'.repeat(1000)}${traceId}:${spanId}:0:1`, 'malformed'],
]

for (const [why, value, reason] of invalid) {
  t.test(`jaegerFormat().extract() refuses an uber-trace-id: ${why}`, async (t) => {
    const { propagated, losses } = read(value)
    t.same(propagated, { sampling: 'deferred', baggage: [] })
    t.same(lossTexts(losses), [`uber-trace-id: ${reason} 1`])
  })
}

t.test('jaegerFormat().extract() tells flags that have no meaning', async (t) => {
  const { propagated, losses } = read(`${traceId}:${spanId}:0:15`)
  t.equal(propagated.sampling, 'accepted')
  t.same(lossTexts(losses), ['uber-trace-id: reserved_flags 2'])
})

t.test(
  'jaegerFormat().extract() takes the first of several, in any case of the name',
  async (t) => {
    const headers = { 'Uber-Trace-Id': [`${traceId}:${spanId}:0:1`, 'a:b:0:0'] }
    const { propagated, losses } = readHeaders(jaeger, headers)
    t.same(propagated.span, span)
    t.same(lossTexts(losses), ['uber-trace-id: duplicate 1'])
  },
)

t.test(
  'jaegerFormat().inject() writes ids in full, parent 0 and flags of two digits',
  async (t) => {
    const parentSpanId = 'b'.repeat(16)
    const written = (propagated: Propagated) => jaeger.inject(propagated).fields
    for (const [sampling, flags] of [
      ['denied', '00'],
      ['accepted', '01'],
      ['debug', '03'],
    ] as const) {
      const fields = written({ span: { ...span, parentSpanId }, sampling, baggage: [] })
      t.same(fields, [['uber-trace-id', `${traceId}:${spanId}:0:${flags}`]])
    }
    const deferred = jaeger.inject({
      span: { ...span, traceState: 'a=b' },
      sampling: 'deferred',
      baggage: [],
    })
    t.same(deferred.fields, [['uber-trace-id', `${traceId}:${spanId}:0:00`]])
    t.same(lossTexts(deferred.losses), ['traceState: not_carried 1', 'deferred: not_carried 1'])
  },
)

t.test(
  'jaegerFormat().extract() reads uberctx- values percent-encoded, a plus as a space',
  async (t) => {
    const headers = {
      'uberctx-name': 'J%C3%BCrgen%20K',
      'Uberctx-Go': 'a+b%2Bc',
      'uberctx-raw': '5%',
    }
    const { propagated, losses } = readHeaders(jaeger, headers)
    t.same(propagated.baggage, [
      { key: 'name', value: 'Jürgen K' },
      { key: 'Go', value: 'a b+c' },
      { key: 'raw', value: '5%' },
    ])
    t.same(losses, [])
    const kept = readHeaders(plain, headers).propagated.baggage
    t.same(
      kept.map(({ value }) => value),
      ['J%C3%BCrgen%20K', 'a+b%2Bc', '5%'],
    )
  },
)

t.test('jaegerFormat().extract() reads jaeger-baggage', async (t) => {
  const headers = { 'jaeger-baggage': 'k1=v1, k2 = v%202,bad,k3=a=b, =x' }
  const { propagated, losses } = readHeaders(jaeger, headers)
  t.same(propagated.baggage, [
    { key: 'k1', value: 'v1' },
    { key: 'k2', value: 'v 2' },
  ])
  t.same(lossTexts(losses), ['jaeger-baggage: malformed 3'])
})

t.test('jaegerFormat().inject() leaves out what no header says', async (t) => {
  const baggage = [
    { key: 'ok', value: 'ü 1' },
    { key: 'not a name', value: '1' },
    { key: 'half', value: '\ud800' },
    { key: 'OK', value: '2', metadata: 'p=1' },
  ]
  const url = jaeger.inject({ sampling: 'deferred', baggage })
  t.same(url.fields, [
    ['uberctx-OK', '2'],
    ['uberctx-half', '%EF%BF%BD'],
  ])
  t.same(lossTexts(url.losses).toSorted(), [
    'metadata: not_carried 1',
    'uberctx-: duplicate 1',
    'uberctx-: not_utf8 1',
    'uberctx-: unwritable 1',
  ])
  const lines = plain.inject({ sampling: 'deferred', baggage: [{ key: 'a', value: 'b\r\nc: d' }] })
  t.same(lines.fields, [])
  t.same(lossTexts(lines.losses), ['uberctx-: unwritable 1'])
})

t.test('jaegerFormat().extract() has jaeger-debug-id ask for a debug root', async (t) => {
  const { propagated } = readHeaders(jaeger, { 'jaeger-debug-id': 'some-correlation-id' })
  t.same(propagated, { sampling: 'debug', debugId: 'some-correlation-id', baggage: [] })
  t.same(jaeger.inject(propagated).fields, [['jaeger-debug-id', 'some-correlation-id']])
  const escaped = readHeaders(jaeger, { 'jaeger-debug-id': 'caf%C3%A9 1+1' }).propagated
  t.equal(escaped.debugId, 'café 1+1')
  t.same(jaeger.inject(escaped).fields, [['jaeger-debug-id', 'caf%C3%A9%201%2B1']])
  t.same(lossTexts(plain.inject(escaped).losses), ['jaeger-debug-id: unwritable 1'])
  const headers = { 'jaeger-debug-id': 'x', 'uber-trace-id': `${traceId}:${spanId}:0:0` }
  t.equal(readHeaders(jaeger, headers).propagated.sampling, 'denied', 'not beside a context')
  const long = readHeaders(jaeger, { 'jaeger-debug-id': 'x'.repeat(1025) })
  t.same(long.propagated, { sampling: 'deferred', baggage: [] })
  t.same(lossTexts(long.losses), ['jaeger-debug-id: limit_field_bytes 1'])
})
