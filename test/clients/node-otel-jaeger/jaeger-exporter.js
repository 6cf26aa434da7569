// Sends the cart story with the former Jaeger exporter of OpenTelemetry for Node: Thrift by the binary
// protocol, over UDP to an agent or over HTTP to a collector. Prints what the exporter made of the
// spans, before it is encoded.
import { parseArgs } from 'node:util'
import { context, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api'
import { JaegerExporter } from '@opentelemetry/exporter-jaeger'
import { resourceFromAttributes } from '@opentelemetry/resources'
import { BasicTracerProvider, BatchSpanProcessor } from '@opentelemetry/sdk-trace-base'

const { values } = parseArgs({
  options: {
    endpoint: { type: 'string', default: '127.0.0.1:6832' },
    protocol: { type: 'string', default: 'udp' },
    traces: { type: 'string', default: '1' },
    run: { type: 'string', default: 'run' },
    'start-ms': { type: 'string', default: String(Date.now() - 60_000) },
  },
})
const serviceName = `node-exporter-${values.protocol}`
const [host, port] = values.endpoint.split(':')
const url = `http://${values.endpoint}/api/traces?format=jaeger.thrift`
const where = values.protocol === 'http' ? { endpoint: url } : { host, port: Number(port) }

/** Keeps what the exporter hands to Jaeger's own sender. */
class Recorder extends JaegerExporter {
  spans = []
  failures = []

  async _append(span) {
    this.spans.push(span)
    return await super._append(span)
  }

  export(spans, done) {
    super.export(spans, (result) => {
      if (result.error !== undefined) this.failures.push(result.error)
      done(result)
    })
  }
}

const exporter = new Recorder({ ...where, tags: [{ key: 'canary', value: true }] })
const processor = new BatchSpanProcessor(exporter)
const provider = new BasicTracerProvider({
  resource: resourceFromAttributes({ 'service.name': serviceName, zone: 'Zürich' }),
  spanProcessors: [processor],
})
const tracer = provider.getTracer('shop', '1.2.3')

function createCart(i) {
  const start = Number(values['start-ms']) + i * 1000
  const root = tracer.startSpan('GET /cart', {
    kind: SpanKind.SERVER,
    startTime: start,
    attributes: {
      'test.run': values.run,
      customer: 'Zoë',
      number: 42 + i,
      total: 12.5 + i,
      gift: i % 2 === 0,
      tags: ['a', 'b'],
      empty: '',
    },
  })
  const inRoot = trace.setSpan(context.active(), root)
  root.addEvent('cart.checked', { rows: 3, cached: true, ratio: 0.1 }, start + 1)
  const call = tracer.startSpan(
    'stock.Reserve',
    { kind: SpanKind.CLIENT, startTime: start + 5 },
    inRoot,
  )
  const placed = tracer.startSpan(
    'order placed',
    { kind: SpanKind.PRODUCER, startTime: start + 41, links: [{ context: call.spanContext() }] },
    inRoot,
  )
  const inner = tracer.startSpan('compute', { startTime: start + 42 }, inRoot)
  if (i % 2 === 1) root.setStatus({ code: SpanStatusCode.ERROR, message: 'out of stock' })
  else root.setStatus({ code: SpanStatusCode.OK })
  call.end(start + 40)
  placed.end(start + 45)
  inner.end(start + 43)
  root.end(start + 50 + i)
}

const hex = (buffer) => Buffer.from(buffer).toString('hex').padStart(16, '0')
const micros = (buffer) => Buffer.from(buffer).readBigInt64BE()

function value(tag) {
  if (tag.vType === 'DOUBLE') return { double: tag.vDouble }
  if (tag.vType === 'BOOL') return { bool: tag.vBool }
  if (tag.vType === 'LONG') return { int: String(micros(tag.vLong)) }
  if (tag.vType === 'BINARY') return { bytes: Buffer.from(tag.vBinary).toString('base64') }
  return { string: tag.vStr }
}
const describeTags = (tags) => tags.map((tag) => ({ key: tag.key, value: value(tag) }))

function describe(span) {
  const traceId = hex(span.traceIdHigh) + hex(span.traceIdLow)
  const parentSpanId = hex(span.parentSpanId)
  // The parent is a field of its own.
  const parent = { type: 'CHILD_OF', traceId, spanId: parentSpanId }
  const links = span.references.map((reference) => ({
    type: reference.refType,
    traceId: hex(reference.traceIdHigh) + hex(reference.traceIdLow),
    spanId: hex(reference.spanId),
  }))
  return {
    traceId,
    spanId: hex(span.spanId),
    operationName: span.operationName,
    references: /^0+$/.test(parentSpanId) ? links : [parent, ...links],
    flags: span.flags,
    startNano: String(micros(span.startTime) * 1000n),
    durationNano: String(micros(span.duration) * 1000n),
    tags: describeTags(span.tags),
    logs: span.logs.map((log) => ({
      timeNano: String(micros(log.timestamp) * 1000n),
      fields: describeTags(log.fields),
    })),
    process: { serviceName, tags: [{ key: 'canary', value: { bool: true } }] },
    warnings: [],
  }
}

for (let i = 0; i < Number(values.traces); i++) createCart(i)
await processor.forceFlush()
await provider.shutdown()
if (exporter.failures.length > 0) throw exporter.failures[0]
console.log(JSON.stringify({ client: 'otel-exporter-jaeger', spans: exporter.spans.map(describe) }))
