import t from 'tap'
import type { HeaderSource } from '../../../bridge/propagation/carrier.ts'
import { carrierOf } from '../../../bridge/propagation/carrier.ts'
import { defaultPropagationLimits } from '../../../bridge/propagation/limits.ts'
import { createLossList } from '../../../bridge/propagation/loss.ts'
import { traceContext } from '../../../bridge/propagation/trace-context.ts'
import type { MessageHeaders } from '../../../bridge/propagation/write-headers.ts'
import { writeHttpHeaders, writeMessageHeaders } from '../../../bridge/propagation/write-headers.ts'
import { lossTexts, readHeaders } from './read-headers.ts'

const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'
const bytes = Buffer.from(traceparent)

const sources: readonly (readonly [what: string, source: HeaderSource])[] = [
  ["Node's headers", { traceparent, host: 'a', 'set-cookie': ['a', 'b'], te: undefined }],
  ['a fetch Headers', new Headers({ Traceparent: traceparent })],
  ['a Map', new Map([['TraceParent', traceparent]])],
  ['pairs', [['traceparent', traceparent]]],
  ['a record of Buffers', { traceparent: bytes, other: null }],
  ['a record of Uint8Arrays', { TRACEPARENT: new Uint8Array(bytes) }],
  ['a record of lists', { traceparent: [bytes] }],
  ['a Map of Buffers to Buffers', new Map([[Buffer.from('Traceparent'), bytes]])],
  ['one-key objects', [{ other: bytes }, { traceparent: bytes }]],
]

for (const [what, source] of sources) {
  t.test(`carrierOf() reads ${what}`, async (t) => {
    const { propagated, losses } = readHeaders(traceContext, source)
    t.equal(propagated.span?.spanId, 'b7ad6b7169203331')
    t.same(losses, [])
  })
}

t.test('carrierOf() joins what is written in different cases, in order', async (t) => {
  const carrier = carrierOf({ 'X-A': 'one', 'x-a': ['two', Buffer.from('three')], 'X-b': 'four' })
  const losses = createLossList()
  t.same(carrier.values('x-a', losses), ['one', 'two', 'three'])
  t.same(carrier.namesWith('x-', losses), ['X-A', 'X-b'])
  t.same(losses.list(), [])
})

t.test('carrierOf() reads only names of its own, and only text and bytes', async (t) => {
  const carrier = carrierOf({ a: 1, b: { c: 'd' }, ['__proto__']: 'mine' })
  const losses = createLossList()
  for (const name of ['constructor', 'a', 'b', 'tostring']) t.same(carrier.values(name, losses), [])
  t.same(carrier.values('__proto__', losses), ['mine'])
})

t.test('carrierOf() tells bytes that are no UTF-8, and what is past its limits', async (t) => {
  const headers = { traceparent: Buffer.from([0xff]), tracestate: 'x'.repeat(32 * 1024 + 1) }
  const { losses } = readHeaders(traceContext, headers)
  t.same(lossTexts(losses), ['traceparent: not_utf8 1'])
  const long = readHeaders(traceContext, { ...headers, traceparent })
  t.same(lossTexts(long.losses), ['tracestate: limit_field_bytes 1'])
  const limits = { ...defaultPropagationLimits, fieldsMax: 2 }
  const few = traceContext.extract(carrierOf({ a: '1', b: '2', traceparent }, limits), limits)
  t.equal(few.propagated.span, undefined)
  t.same(lossTexts(few.losses), ['*: limit_fields 1'])
})

t.test('writeHttpHeaders() replaces a header in whatever case', async (t) => {
  const headers: Record<string, unknown> = { Traceparent: 'old', host: 'a' }
  writeHttpHeaders([['traceparent', traceparent]], headers)
  t.same(headers, { host: 'a', traceparent })
})

for (const [what, headers] of [
  ['a record', { Traceparent: 'old' }],
  ['a Map', new Map<string, unknown>([['Traceparent', 'old']])],
  ['a list', [{ Traceparent: 'old' }]],
] as const satisfies readonly (readonly [string, MessageHeaders])[]) {
  t.test(`writeMessageHeaders() replaces a header in ${what} with bytes`, async (t) => {
    writeMessageHeaders([['traceparent', traceparent]], headers)
    const losses = createLossList()
    t.same(carrierOf(headers).values('traceparent', losses), [traceparent])
    const values = Array.isArray(headers) ? headers.flatMap((each) => Object.values(each)) : []
    t.ok(values.every((value) => Buffer.isBuffer(value)))
  })
}
