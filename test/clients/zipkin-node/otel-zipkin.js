// Exports two spans by OpenTelemetry's exporter for Zipkin.
//
//   otel-zipkin.js --endpoint http://127.0.0.1:9411
//
// Prints {"spans": [...]}, what the SDK recorded, once the server has taken them.
import { parseArgs } from 'node:util'
import { ROOT_CONTEXT, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api'
import { ZipkinExporter } from '@opentelemetry/exporter-zipkin'
import { resourceFromAttributes } from '@opentelemetry/resources'
import { BasicTracerProvider } from '@opentelemetry/sdk-trace-base'

const { values } = parseArgs({ options: { endpoint: { type: 'string' } } })
const exporter = new ZipkinExporter({ url: `${values.endpoint}/api/v2/spans` })
const recorded = []
const results = []
const collector = {
  onStart() {},
  onEnd(span) {
    recorded.push(span)
  },
  async shutdown() {},
  async forceFlush() {},
}
const provider = new BasicTracerProvider({
  resource: resourceFromAttributes({ 'service.name': 'otel-shop', 'service.version': '1.2' }),
  spanProcessors: [collector],
})
const tracer = provider.getTracer('cart', '3.4')
const startMs = Date.now()
const root = tracer.startSpan('GET /cart', {
  kind: SpanKind.SERVER,
  startTime: startMs,
  attributes: { 'http.route': '/cart', items: 3, 'is.new': true },
})
const context = trace.setSpan(ROOT_CONTEXT, root)
const child = tracer.startSpan('reserve', { startTime: startMs + 5 }, context)
child.addEvent('retry', { attempt: 2 }, startMs + 7)
child.setStatus({ code: SpanStatusCode.ERROR, message: 'no stock' })
child.end(startMs + 20)
root.setStatus({ code: SpanStatusCode.OK })
root.end(startMs + 30)

await new Promise((resolve) => {
  exporter.export(recorded, (result) => {
    results.push(result)
    resolve()
  })
})
await exporter.shutdown()
if (results[0]?.code !== 0) {
  console.error(results[0]?.error)
  process.exit(1)
}
const spans = recorded.map((span) => ({
  traceId: span.spanContext().traceId,
  id: span.spanContext().spanId,
  parentId: span.parentSpanContext?.spanId ?? '',
  name: span.name,
}))
console.log(JSON.stringify({ client: '@opentelemetry/exporter-zipkin 2.12.1', startMs, spans }))
