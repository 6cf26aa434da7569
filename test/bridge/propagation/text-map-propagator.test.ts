import type { Context } from '@opentelemetry/api'
import {
  createContextKey,
  defaultTextMapGetter,
  defaultTextMapSetter,
  propagation,
  ROOT_CONTEXT,
  trace,
} from '@opentelemetry/api'
import t from 'tap'
import { b3Multi } from '../../../bridge/propagation/b3-multi.ts'
import { b3Single } from '../../../bridge/propagation/b3-single.ts'
import { compositeFormat } from '../../../bridge/propagation/composite.ts'
import {
  headerGetter,
  httpHeaderSetter,
  messageHeaderSetter,
} from '../../../bridge/propagation/header-accessors.ts'
import { jaegerFormat } from '../../../bridge/propagation/jaeger.ts'
import type { Loss } from '../../../bridge/propagation/loss.ts'
import {
  debugRootAttributes,
  propagatedOf,
  textMapPropagator,
} from '../../../bridge/propagation/text-map-propagator.ts'
import { traceContext } from '../../../bridge/propagation/trace-context.ts'
import { w3cBaggage } from '../../../bridge/propagation/w3c-baggage.ts'
import type { MessageHeaders } from '../../../bridge/propagation/write-headers.ts'
import { lossTexts } from './read-headers.ts'

const formats = [traceContext, b3Single, b3Multi, jaegerFormat(), w3cBaggage]
const told: Loss[] = []
const propagator = textMapPropagator(compositeFormat({ read: formats, write: formats }), {
  onLosses: (losses) => told.push(...losses),
})
t.beforeEach(() => {
  told.length = 0
})

const traceId = '0af7651916cd43dd8448eb211c80319c'
const spanId = 'b7ad6b7169203331'
const traceparent = `00-${traceId}-${spanId}-03`

function extract(headers: Record<string, unknown>, context = ROOT_CONTEXT): Context {
  return propagator.extract(context, headers, defaultTextMapGetter)
}

function inject(context: Context): Record<string, string> {
  const headers = {}
  propagator.inject(context, headers, defaultTextMapSetter)
  return headers
}

t.test('textMapPropagator().extract() sets a remote span context and baggage', async (t) => {
  const tracestate = Array.from({ length: 32 }, (_, at) => `k${at}=${'v'.repeat(60)}`).join()
  const context = extract({ traceparent, tracestate, baggage: 'a=1;p=2,__proto__=3' })
  const span = trace.getSpanContext(context)
  t.match(span, { traceId, spanId, traceFlags: 3, isRemote: true })
  t.equal(span?.traceState?.serialize(), tracestate, 'also past 512 characters')
  const baggage = propagation.getBaggage(context)
  t.equal(baggage?.getEntry('a')?.metadata?.toString(), 'p=2')
  t.equal(baggage?.getEntry('__proto__')?.value, '3')
  t.same(told, [])
  const headers = inject(context)
  t.match(headers, { traceparent, tracestate, baggage: 'a=1;p=2,__proto__=3' })
})

t.test(
  'textMapPropagator().extract() keeps what the context has when there is nothing valid',
  async (t) => {
    const before = extract({ traceparent, baggage: 'a=1' })
    t.equal(extract({}, before), before)
    const after = extract({ traceparent: 'broken', 'uberctx-b': '2' }, before)
    t.same(trace.getSpanContext(after), trace.getSpanContext(before))
    const entries = propagation.getBaggage(after)?.getAllEntries()
    t.same(
      entries?.map(([key, { value }]) => [key, value]),
      [
        ['a', '1'],
        ['b', '2'],
      ],
    )
    t.same(lossTexts(told), ['traceparent: malformed 1'])
    t.equal(propagator.extract(before, undefined, defaultTextMapGetter), before)
  },
)

t.test('textMapPropagator() sends debug and deferred on in the same trace', async (t) => {
  const debug = extract({ b3: `${traceId}-${spanId}-d` })
  t.equal(trace.getSpanContext(debug)?.traceFlags, 1)
  const child = { traceId, spanId: 'c'.repeat(16), traceFlags: 1 }
  t.match(inject(trace.setSpanContext(debug, child)), {
    b3: `${traceId}-${child.spanId}-d`,
    'x-b3-flags': '1',
    'uber-trace-id': `${traceId}:${child.spanId}:0:03`,
    traceparent: `00-${traceId}-${child.spanId}-01`,
  })
  const other = { ...child, traceId: 'd'.repeat(32) }
  t.match(inject(trace.setSpanContext(debug, other)), { 'x-b3-sampled': '1' }, 'not in another')
  const deferred = extract({ b3: `${traceId}-${spanId}` })
  t.equal(inject(deferred)['b3'], `${traceId}-${spanId}`)
  const decided = trace.setSpanContext(deferred, { ...child, traceFlags: 0 })
  t.equal(inject(decided)['b3'], `${traceId}-${child.spanId}-0`, 'a sampler has decided')
})

t.test(
  'textMapPropagator() keeps the random flag in the whole trace, as the W3C asks',
  async (t) => {
    const received = extract({ traceparent })
    const child = { traceId, spanId: 'C'.repeat(16), traceFlags: 0 }
    const headers = inject(trace.setSpanContext(received, child))
    t.equal(headers['traceparent'], `00-${traceId}-${'c'.repeat(16)}-02`)
    const other = { ...child, traceId: 'd'.repeat(32) }
    const flags = inject(trace.setSpanContext(received, other))['traceparent']?.slice(-2)
    t.equal(flags, '00', 'not in another')
  },
)

t.test('textMapPropagator().extract() tells keys of baggage that are there twice', async (t) => {
  const context = extract({ baggage: 'a=1,b=2,a=3' })
  t.equal(propagation.getBaggage(context)?.getEntry('a')?.value, '3')
  t.same(lossTexts(told), ['baggage: duplicate 1'])
})

t.test('textMapPropagator() sends a decision without a span on, and tells it', async (t) => {
  const context = extract({ b3: '0' })
  t.equal(trace.getSpanContext(context), undefined)
  t.match(propagatedOf(context), { sampling: 'denied' })
  t.same(inject(context), { b3: '0', 'x-b3-sampled': '0' })
  t.same(inject(ROOT_CONTEXT), {})
})

t.test('debugRootAttributes() of a jaeger-debug-id, unless there is a parent', async (t) => {
  const context = extract({ 'Jaeger-Debug-Id': 'find me' })
  t.same(debugRootAttributes(context), { 'jaeger-debug-id': 'find me' })
  const root = trace.setSpanContext(context, { traceId, spanId, traceFlags: 1 })
  t.equal(inject(root)['b3'], `${traceId}-${spanId}-d`, 'its trace is a debug trace')
  t.equal(debugRootAttributes(extract({ 'jaeger-debug-id': 'x', traceparent })), undefined)
  t.equal(debugRootAttributes(ROOT_CONTEXT), undefined)
})

t.test(
  'textMapPropagator() writes nothing while tracing is suppressed, nor for a bad span',
  async (t) => {
    const suppressed = createContextKey('OpenTelemetry SDK Context Key SUPPRESS_TRACING')
    t.same(inject(extract({ traceparent }).setValue(suppressed, true)), {})
    const bad = { traceId: '0'.repeat(32), spanId, traceFlags: 1 }
    t.same(inject(trace.setSpanContext(ROOT_CONTEXT, bad)), {})
  },
)

t.test('textMapPropagator().extract() reads through getters of Kafka and of no keys', async (t) => {
  const bytes = { TraceParent: Buffer.from(traceparent), baggage: Buffer.from('a=1') }
  const getter = {
    keys: (carrier: Record<string, unknown>) => Object.keys(carrier),
    get: (carrier: Record<string, unknown>, key: string) => carrier[key] as string,
  }
  const context = propagator.extract(ROOT_CONTEXT, bytes, getter)
  t.match(trace.getSpanContext(context), { traceId, spanId })
  t.equal(propagation.getBaggage(context)?.getEntry('a')?.value, '1')
  const asked = propagator.extract(ROOT_CONTEXT, { traceparent }, { ...getter, keys: () => [] })
  t.match(trace.getSpanContext(asked), { traceId, spanId })
})

const messages: readonly (readonly [what: string, headers: () => MessageHeaders])[] = [
  ['a record', () => ({ Traceparent: 'old' })],
  ['a Map', () => new Map()],
  ['one-key objects', () => [{ other: 'a' }]],
]

for (const [what, headers] of messages) {
  t.test(`messageHeaderSetter and headerGetter on ${what} of a message`, async (t) => {
    const carrier = headers()
    const context = extract({ traceparent, baggage: 'a=1' })
    propagator.inject(context, carrier, messageHeaderSetter)
    t.same(headerGetter.get(carrier, 'TraceParent'), traceparent)
    const read = propagator.extract(ROOT_CONTEXT, carrier, headerGetter)
    t.match(trace.getSpanContext(read), { traceId, spanId, traceFlags: 3 })
    t.equal(propagation.getBaggage(read)?.getEntry('a')?.value, '1')
    t.same(told, [])
  })
}

t.test('headerGetter and httpHeaderSetter on HTTP headers', async (t) => {
  const headers: Record<string, unknown> = { TraceParent: 'old', Accept: ['a', 'b'], te: undefined }
  httpHeaderSetter.set(headers, 'traceparent', traceparent)
  t.same(headerGetter.keys(headers), ['Accept', 'te', 'traceparent'])
  t.same(headerGetter.get(headers, 'accept'), ['a', 'b'])
  t.equal(headerGetter.get(headers, 'te'), undefined)
  t.equal(headerGetter.get(headers, 'Traceparent'), traceparent)
})

t.test('textMapPropagator().fields() are the headers that it sets', async (t) => {
  t.same(propagator.fields().slice(0, 3), ['traceparent', 'tracestate', 'b3'])
})

t.test('the trace state that extract() sets follows the rules of changes', async (t) => {
  const context = extract({ traceparent, tracestate: 'a=1,b=2,0c@d@e=3' })
  const state = trace.getSpanContext(context)?.traceState
  t.equal(state?.get('b'), '2')
  t.equal(state?.set('b', '4').serialize(), 'b=4,a=1,0c@d@e=3', 'in front')
  t.equal(state?.unset('a').serialize(), 'b=2,0c@d@e=3')
  t.equal(state?.set('B', '4').serialize(), 'a=1,b=2,0c@d@e=3', 'not by a bad key')
  t.equal(state?.set('b', '4,').serialize(), 'a=1,b=2,0c@d@e=3', 'nor a bad value')
  let full = state
  for (let at = 0; at < 40; at++) full = full?.set(`k${at}`, '1')
  t.equal(full?.serialize().split(',').length, 32)
  t.ok(full?.serialize().startsWith('k39=1,'))
})
