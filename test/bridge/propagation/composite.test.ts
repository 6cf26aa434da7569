import t from 'tap'
import { b3Multi } from '../../../bridge/propagation/b3-multi.ts'
import { b3Single } from '../../../bridge/propagation/b3-single.ts'
import { compositeFormat } from '../../../bridge/propagation/composite.ts'
import { jaegerFormat } from '../../../bridge/propagation/jaeger.ts'
import type { Propagated } from '../../../bridge/propagation/propagated.ts'
import { traceContext } from '../../../bridge/propagation/trace-context.ts'
import { w3cBaggage } from '../../../bridge/propagation/w3c-baggage.ts'
import { lossTexts, readHeaders } from './read-headers.ts'

const all = [traceContext, b3Single, b3Multi, jaegerFormat(), w3cBaggage]
const composite = compositeFormat({ read: all, write: all })
const traceId = '0af7651916cd43dd8448eb211c80319c'
const spanId = 'b7ad6b7169203331'
const span = { traceId, spanId }
const traceparent = `00-${traceId}-${spanId}-01`
const read = (headers: Readonly<Record<string, unknown>>) => readHeaders(composite, headers)

t.test(
  'compositeFormat().inject() writes what all formats write, and extract() reads it',
  async (t) => {
    const parentSpanId = '00f067aa0ba902b7'
    const propagated: Propagated = {
      span: { ...span, parentSpanId, isRandom: true, isFirehose: true, traceState: 'a=b' },
      sampling: 'debug',
      baggage: [{ key: 'user', value: 'J ü', metadata: 'p=1' }],
    }
    const { fields, losses } = composite.inject(propagated)
    t.same(fields, [
      ['traceparent', `00-${traceId}-${spanId}-03`],
      ['tracestate', 'a=b'],
      ['b3', `${traceId}-${spanId}-d-${parentSpanId}`],
      ['x-b3-traceid', traceId],
      ['x-b3-spanid', spanId],
      ['x-b3-parentspanid', parentSpanId],
      ['x-b3-flags', '1'],
      ['uber-trace-id', `${traceId}:${spanId}:0:0b`],
      ['uberctx-user', 'J%20%C3%BC'],
      ['baggage', 'user=J%20%C3%BC;p=1'],
    ])
    t.same(losses, [], 'each part is carried by one of them')
    const again = readHeaders(composite, fields)
    t.match(again.propagated, { span: propagated.span, sampling: 'debug' })
    t.same(again.losses, [])
  },
)

t.test('compositeFormat().fields are the headers of all that are written', async (t) => {
  const two = compositeFormat({ read: all, write: [traceContext, b3Single] })
  t.same(two.fields, ['traceparent', 'tracestate', 'b3'])
})

t.test(
  'compositeFormat().extract() prefers the first and tells the others that differ',
  async (t) => {
    const other = `${'c'.repeat(32)}-${spanId}-1`
    const { propagated, losses } = read({ b3: other, traceparent })
    t.same(propagated.span, span)
    t.same(lossTexts(losses), ['b3: conflict 1'])
    const reversed = compositeFormat({ read: [...all].reverse(), write: [] })
    const found = readHeaders(reversed, { b3: other, traceparent })
    t.equal(found.propagated.span?.traceId, 'c'.repeat(32))
    t.same(lossTexts(found.losses), ['traceparent: conflict 1'])
  },
)

t.test('compositeFormat().extract() takes the next when the first is broken', async (t) => {
  const { propagated, losses } = read({ traceparent: 'broken', b3: `${traceId}-${spanId}` })
  t.same(propagated, { span, sampling: 'deferred', baggage: [] })
  t.same(lossTexts(losses), ['traceparent: malformed 1'])
})

const decisions: readonly (readonly [
  headers: Record<string, string>,
  sampling: string,
  losses: string[],
])[] = [
  [{ b3: '0' }, 'denied', []],
  [{ b3: '0', 'x-b3-sampled': '1' }, 'denied', ['sampling: conflict 1']],
  [{ b3: '0', traceparent }, 'accepted', ['sampling: conflict 1']],
  [{ b3: '1', traceparent }, 'accepted', []],
  [{ b3: `${traceId}-${spanId}-d`, traceparent }, 'debug', []],
  [{ b3: `${traceId}-${spanId}-0`, traceparent }, 'accepted', ['sampling: conflict 1']],
  [{ 'jaeger-debug-id': 'x', traceparent }, 'accepted', []],
  [{ 'jaeger-debug-id': 'x' }, 'debug', []],
]

for (const [headers, sampling, losses] of decisions) {
  t.test(
    `compositeFormat().extract() reads ${sampling} from ${Object.keys(headers)} ${headers['b3'] ?? ''}`,
    async (t) => {
      const found = read(headers)
      t.equal(found.propagated.sampling, sampling)
      t.same(lossTexts(found.losses), losses)
    },
  )
}

t.test('compositeFormat().extract() adds up baggage, the first format wins a key', async (t) => {
  const headers = { 'uberctx-a': '1', 'uberctx-b': '2', baggage: 'a=1;p,b=3,c=4' }
  const { propagated, losses } = read(headers)
  t.same(lossTexts(losses), ['baggage: conflict 1'])
  t.same(propagated.baggage, [
    { key: 'a', value: '1', metadata: 'p' },
    { key: 'b', value: '2' },
    { key: 'c', value: '4' },
  ])
})

t.test('compositeFormat().inject() tells a part that no format carries', async (t) => {
  const two = compositeFormat({ read: [], write: [jaegerFormat(), traceContext] })
  const { losses } = two.inject({
    span: { ...span, parentSpanId: spanId },
    sampling: 'debug',
    baggage: [{ key: 'a', value: '1', metadata: 'p' }],
  })
  t.same(lossTexts(losses), ['parentSpanId: not_carried 1', 'metadata: not_carried 1'])
})
