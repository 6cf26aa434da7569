// The cart story, told by the OpenTelemetry SDK for JavaScript, in Node and in a page.
import {
  context,
  createTraceState,
  SpanKind,
  SpanStatusCode,
  TraceFlags,
  trace,
} from '@opentelemetry/api'
import { resourceFromAttributes } from '@opentelemetry/resources'
import { BasicTracerProvider, BatchSpanProcessor } from '@opentelemetry/sdk-trace-base'
import { describeSpan } from './describe-span.js'

/**
 * Tells it `traces` times, and resolves with what the SDK recorded once the exporter has sent all.
 *
 * @param client comes first in the names of the services
 */
export async function tellStories(client, exporter, { run, traces, startMs }) {
  const sent = []
  const failures = []
  /** Remembers every span it hands on, and every failure. */
  const recorder = {
    export(spans, done) {
      sent.push(...spans.map(describeSpan))
      exporter.export(spans, (result) => {
        if (result.code !== 0) failures.push(result.error ?? new Error('export failed'))
        done(result)
      })
    },
    shutdown: async () => {},
  }
  const providers = [`${client}-shop`, `${client}-stock`].map((service) =>
    createProvider(service, run, recorder),
  )
  const [shop, stock] = providers.map((provider) => provider.getTracer('cart', '1.2.3'))
  for (let i = 0; i < traces; i++) tellStory({ shop, stock, client, run }, i, startMs + i * 1000)
  for (const provider of providers) await provider.forceFlush()
  await exporter.shutdown()
  if (failures.length > 0) throw failures[0]
  return sent
}

function createProvider(service, run, recorder) {
  return new BasicTracerProvider({
    resource: resourceFromAttributes({
      'service.name': service,
      'service.version': '1.4.0',
      'test.run': run,
      'host.cpus': 8,
    }),
    spanProcessors: [new BatchSpanProcessor(recorder)],
  })
}

/** A time with nanoseconds in the form the SDK takes. */
function at(startMs, ms, nanos = 0) {
  const whole = startMs + ms
  return [Math.floor(whole / 1000), (whole % 1000) * 1_000_000 + nanos]
}

function tellStory({ shop, stock, client, run }, i, start) {
  const odd = i % 2 === 1
  const cart = shop.startSpan('GET /cart', {
    root: true,
    kind: SpanKind.SERVER,
    startTime: at(start, 0),
    attributes: {
      'http.route': '/cart',
      'test.run': run,
      'http.status_code': odd ? 500 : 200,
      'cart.number': 900_719_925_474 + i,
      'cart.total': 12.25 + i,
      'cart.paid': !odd,
      'cart.items': ['tea', 'cup'],
      'cart.sizes': [1, -2, 3],
      'cart.weights': [0.5, 1.25],
      'cart.gifts': [true, false],
      'cart.digest': new Uint8Array([0, 1, 254, 255]),
    },
  })
  cart.addEvent('cart.loaded', { rows: 3, cached: true }, at(start, 1))
  const inCart = trace.setSpan(context.active(), cart)

  const call = shop.startSpan(
    'stock.Reserve',
    {
      kind: SpanKind.CLIENT,
      startTime: at(start, 5),
      attributes: { 'peer.service': `${client}-stock` },
    },
    inCart,
  )
  const reserved = reserve(stock, call.spanContext(), odd, start)
  call.end(at(start, 40))

  const order = shop.startSpan(
    'order placed',
    {
      kind: SpanKind.PRODUCER,
      startTime: at(start, 41),
      links: [
        { context: reserved, attributes: { 'link.reason': 'reserved' } },
        {
          context: {
            traceId: 'ffeeddccbbaa99887766554433221100',
            spanId: 'ffeeddccbbaa9988',
            traceFlags: TraceFlags.SAMPLED,
            isRemote: true,
          },
        },
      ],
    },
    inCart,
  )
  order.end(at(start, 45))
  cart.end(at(start, 50 + i))
}

/** The other service's span: its parent arrived with the call. */
function reserve(stock, caller, odd, start) {
  const remote = { ...caller, isRemote: true, traceState: createTraceState('shop=cart') }
  const span = stock.startSpan(
    'stock.Reserve',
    {
      kind: SpanKind.SERVER,
      startTime: at(start, 10, 123),
      attributes: { 'stock.sku': 'tea-1' },
    },
    trace.setSpanContext(context.active(), remote),
  )
  if (odd) {
    const attributes = { 'exception.type': 'OutOfStock', 'exception.message': 'no tea left' }
    span.addEvent('exception', attributes, at(start, 30))
    span.setStatus({ code: SpanStatusCode.ERROR, message: 'out of stock' })
  } else {
    span.setStatus({ code: SpanStatusCode.OK })
  }
  span.end(at(start, 35, 456))
  return span.spanContext()
}
