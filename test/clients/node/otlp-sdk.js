// Sends the cart story with the OpenTelemetry SDK for Node over OTLP gRPC or
// HTTP and prints what the SDK recorded.
import {
  context,
  createTraceState,
  SpanKind,
  SpanStatusCode,
  TraceFlags,
  trace,
} from '@opentelemetry/api'
import { OTLPTraceExporter as GrpcExporter } from '@opentelemetry/exporter-trace-otlp-grpc'
import { OTLPTraceExporter as JsonExporter } from '@opentelemetry/exporter-trace-otlp-http'
import { OTLPTraceExporter as ProtobufExporter } from '@opentelemetry/exporter-trace-otlp-proto'
import { CompressionAlgorithm } from '@opentelemetry/otlp-exporter-base'
import { resourceFromAttributes } from '@opentelemetry/resources'
import { BasicTracerProvider, BatchSpanProcessor } from '@opentelemetry/sdk-trace-base'
import { describeSpan } from './describe-span.js'
import { readOptions } from './options.js'

const options = readOptions({ endpoint: '127.0.0.1:4317' })
const sent = []
const failures = []

const Exporter = {
  grpc: GrpcExporter,
  'http/protobuf': ProtobufExporter,
  'http/json': JsonExporter,
}[options.protocol]
const exporter = new Exporter({
  url: `http://${options.endpoint}${options.protocol === 'grpc' ? '' : '/v1/traces'}`,
  compression: options.gzip ? CompressionAlgorithm.GZIP : CompressionAlgorithm.NONE,
  timeoutMillis: 20_000,
})

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

function createProvider(service) {
  return new BasicTracerProvider({
    resource: resourceFromAttributes({
      'service.name': service,
      'service.version': '1.4.0',
      'test.run': options.run,
      'host.cpus': 8,
    }),
    spanProcessors: [new BatchSpanProcessor(recorder)],
  })
}

const shopProvider = createProvider('node-shop')
const stockProvider = createProvider('node-stock')
const shop = shopProvider.getTracer('cart', '1.2.3')
const stock = stockProvider.getTracer('cart', '1.2.3')

/** A time with nanoseconds in the form the SDK takes. */
function at(startMs, ms, nanos = 0) {
  const whole = startMs + ms
  return [Math.floor(whole / 1000), (whole % 1000) * 1_000_000 + nanos]
}

function tellStory(i, start) {
  const odd = i % 2 === 1
  const cart = shop.startSpan('GET /cart', {
    root: true,
    kind: SpanKind.SERVER,
    startTime: at(start, 0),
    attributes: {
      'http.route': '/cart',
      'test.run': options.run,
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
      attributes: { 'peer.service': 'node-stock' },
    },
    inCart,
  )
  const reserved = reserve(call.spanContext(), odd, start)
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
function reserve(caller, odd, start) {
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

for (let i = 0; i < options.traces; i++) tellStory(i, options.startMs + i * 1000)
await shopProvider.forceFlush()
await stockProvider.forceFlush()
await exporter.shutdown()
if (failures.length > 0) {
  console.error(`otlp-sdk: ${failures[0].message}`)
  process.exit(1)
}
console.log(JSON.stringify({ client: 'node', spans: sent }))
