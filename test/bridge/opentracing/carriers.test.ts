import { propagation, ROOT_CONTEXT, trace } from '@opentelemetry/api'
import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  ParentBasedSampler,
} from '@opentelemetry/sdk-trace-base'
import { BinaryCarrier, FORMAT_BINARY, FORMAT_HTTP_HEADERS, FORMAT_TEXT_MAP } from 'opentracing'
import t from 'tap'
import { prioritySampler } from '../../../bridge/opentracing/priority-sampler.ts'
import { b3Single } from '../../../bridge/propagation/b3-single.ts'
import { compositeFormat } from '../../../bridge/propagation/composite.ts'
import { jaegerFormat } from '../../../bridge/propagation/jaeger.ts'
import { textMapPropagator } from '../../../bridge/propagation/text-map-propagator.ts'
import { traceContext } from '../../../bridge/propagation/trace-context.ts'
import { w3cBaggage } from '../../../bridge/propagation/w3c-baggage.ts'
import { createRecorder } from './record.ts'

const w3c = [traceContext, w3cBaggage]
const textMap = textMapPropagator(jaegerFormat({ baggageEncoding: 'plain' }))
const httpHeaders = textMapPropagator(
  compositeFormat({ read: [...w3c, b3Single, jaegerFormat()], write: w3c }),
)
const propagators = { textMap, httpHeaders }

const traceId = '0af7651916cd43dd8448eb211c80319c'
const spanId = 'b7ad6b7169203331'
const traceparent = `00-${traceId}-${spanId}-01`

for (const format of [FORMAT_TEXT_MAP, FORMAT_HTTP_HEADERS, FORMAT_BINARY]) {
  t.test(`a span goes on across ${format} with its baggage`, async (t) => {
    const { tracer, recorded, losses } = createRecorder({ propagators })
    const client = tracer.startSpan('client').setBaggageItem('user', 'ada=l')
    const carrier = {}
    tracer.inject(client, format, carrier)
    const found = tracer.extract(format, carrier)
    t.equal(found?.toTraceId(), client.context().toTraceId())
    t.equal(found?.toSpanId(), client.context().toSpanId())
    const server = tracer.startSpan('server', found === null ? {} : { childOf: found })
    t.equal(server.getBaggageItem('user'), 'ada=l')
    server.finish()
    t.match(recorded('server').parentSpanContext, {
      spanId: client.context().toSpanId(),
      isRemote: true,
    })
    t.same(losses, [])
  })
}

t.test('inject() writes by the propagator of the format', async (t) => {
  const { tracer } = createRecorder({ propagators })
  const span = tracer.startSpan('a').setBaggageItem('k', 'v')
  const ids = [span.context().toTraceId(), span.context().toSpanId()]
  const texts = {}
  tracer.inject(span, FORMAT_TEXT_MAP, texts)
  t.strictSame(texts, { 'uber-trace-id': `${ids.join(':')}:0:01`, 'uberctx-k': 'v' })
  const headers = { Traceparent: 'old', Host: 'cart' }
  tracer.inject(span.context(), FORMAT_HTTP_HEADERS, headers)
  t.strictSame(headers, { Host: 'cart', traceparent: `00-${ids.join('-')}-01`, baggage: 'k=v' })
})

t.test('inject() writes baggage without a span', async (t) => {
  const { tracer } = createRecorder({ propagators })
  const found = tracer.extract(FORMAT_HTTP_HEADERS, { baggage: 'k=v' })
  t.equal(found?.toTraceId(), '')
  const headers = {}
  tracer.inject(found, FORMAT_HTTP_HEADERS, headers)
  t.strictSame(headers, { baggage: 'k=v' })
})

t.test('extract() reads headers in any case, and several of a name', async (t) => {
  const { tracer } = createRecorder({ propagators })
  const headers = { TraceParent: traceparent, Baggage: ['a=1', 'b=2'] }
  const found = tracer.extract(FORMAT_HTTP_HEADERS, headers)
  t.equal(found?.toSpanId(), spanId)
  t.equal(found?.baggageItem('b'), '2')
})

t.test('extract() answers null when nothing was sent', async (t) => {
  const { tracer, losses } = createRecorder({ propagators })
  for (const format of [FORMAT_TEXT_MAP, FORMAT_HTTP_HEADERS, FORMAT_BINARY]) {
    t.equal(tracer.extract(format, {}), null)
    t.equal(tracer.extract(format, { host: 'cart' }), null)
  }
  t.same(losses, [])
})

t.test('without propagators, those of OpenTelemetry are used', async (t) => {
  propagation.setGlobalPropagator(httpHeaders)
  t.teardown(() => propagation.disable())
  const { tracer } = createRecorder()
  for (const format of [FORMAT_TEXT_MAP, FORMAT_HTTP_HEADERS]) {
    t.equal(tracer.extract(format, { traceparent })?.toSpanId(), spanId)
  }
})

const decisions = [
  ['b3: 0', { b3: '0' }, new AlwaysOnSampler(), false],
  ['b3: 1', { b3: '1' }, new AlwaysOffSampler(), true],
  ['jaeger-debug-id', { 'jaeger-debug-id': 'find me' }, new AlwaysOffSampler(), true],
  [
    'an open decision and a sampler that keeps',
    { b3: `${traceId}-${spanId}` },
    new AlwaysOnSampler(),
    true,
  ],
  [
    'an open decision and a sampler that drops',
    { b3: `${traceId}-${spanId}` },
    new AlwaysOffSampler(),
    false,
  ],
  ['a caller that is sampled', { traceparent }, new AlwaysOffSampler(), true],
] as const

for (const [what, headers, root, isRecorded] of decisions) {
  t.test(`a trace with ${what} is ${isRecorded ? 'recorded' : 'not recorded'}`, async (t) => {
    const sampler = prioritySampler(new ParentBasedSampler({ root }))
    const { tracer, all } = createRecorder({ propagators, sampler })
    const found = tracer.extract(FORMAT_HTTP_HEADERS, headers)
    if (found === null) throw new Error('nothing was found')
    tracer.startSpan('server', { childOf: found }).finish()
    t.equal(all().length, isRecorded ? 1 : 0)
  })
}

t.test('jaeger-debug-id marks the root span, and debug goes on', async (t) => {
  const { tracer, recorded } = createRecorder({ propagators })
  const found = tracer.extract(FORMAT_HTTP_HEADERS, { 'jaeger-debug-id': 'find me' })
  if (found === null) throw new Error('nothing was found')
  const span = tracer.startSpan('root', { childOf: found })
  span.finish()
  t.match(recorded('root').attributes, { 'jaeger-debug-id': 'find me' })
  t.same(recorded('root').links, [])
  const carrier: Record<string, string> = {}
  tracer.inject(span, FORMAT_TEXT_MAP, carrier)
  t.match(carrier['uber-trace-id'], /:03$/)
})

t.test('sampling.priority above 0 sends debug on, at the start and later', async (t) => {
  const { tracer } = createRecorder({ propagators })
  const flags = (span: ReturnType<typeof tracer.startSpan>) => {
    const carrier: Record<string, string> = {}
    tracer.inject(span, FORMAT_TEXT_MAP, carrier)
    return carrier['uber-trace-id']?.slice(-3)
  }
  const first = tracer.startSpan('a', { tags: { 'sampling.priority': 1 } })
  t.equal(flags(first), ':03')
  t.equal(flags(tracer.startSpan('b', { childOf: first })), ':03', 'and by its children')
  const later = tracer.startSpan('c')
  t.equal(flags(later), ':01')
  t.equal(flags(later.setTag('sampling.priority', 1)), ':03')
})

t.test('carriers and formats that cannot be are told, and nothing is thrown', async (t) => {
  const { tracer, losses } = createRecorder({ propagators })
  const span = tracer.startSpan('a')
  for (const carrier of [undefined, null, 'text', 7]) {
    tracer.inject(span, FORMAT_TEXT_MAP, carrier)
    t.equal(tracer.extract(FORMAT_BINARY, carrier), null)
  }
  tracer.inject(span, 'smoke', {})
  t.equal(tracer.extract('smoke', {}), null)
  t.strictSame(
    losses.map(({ reason }) => reason),
    [...Array(8).fill('bad_carrier'), 'unknown_format', 'unknown_format'],
  )
  t.match(losses.at(-1)?.message, 'the format is "smoke", known are text_map, http_headers, binary')
})

t.test('a binary carrier may be every kind of buffer', async (t) => {
  const { tracer } = createRecorder({ propagators })
  const carrier = new BinaryCarrier([])
  tracer.inject(tracer.startSpan('a'), FORMAT_BINARY, carrier)
  const bytes: unknown = carrier.buffer
  if (!(bytes instanceof Uint8Array)) throw new Error('the buffer is no bytes')
  const shifted = new Uint8Array([0, 0, ...bytes, 0]).subarray(2, 2 + bytes.length)
  const kinds = [
    bytes,
    [...bytes],
    bytes.slice().buffer,
    Buffer.from(bytes),
    new DataView(bytes.slice().buffer),
    shifted,
  ]
  const ids = kinds.map((buffer) => tracer.extract(FORMAT_BINARY, { buffer })?.toSpanId())
  t.equal(new Set(ids).size, 1)
  t.match(ids[0], /^[0-9a-f]{16}$/)
  for (const buffer of [[], [1, 2, 3], null, 'text', 7]) {
    t.equal(tracer.extract(FORMAT_BINARY, { buffer }), null)
  }
})

t.test('what the binary carrier has no place for is told', async (t) => {
  const { tracer, losses } = createRecorder({ propagators })
  const headers = { traceparent, tracestate: 'shop=cart' }
  const found = tracer.extract(FORMAT_HTTP_HEADERS, headers)
  t.equal(
    trace.getSpanContext(found?.context ?? ROOT_CONTEXT)?.traceState?.serialize(),
    'shop=cart',
  )
  tracer.inject(found, FORMAT_BINARY, {})
  t.match(losses, [{ reason: 'bad_binary', message: /traceState not_carried/ }])
})
