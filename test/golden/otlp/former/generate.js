// Writes former-names.exporter-trace-otlp-http-0.28.0.json: the body that OpenTelemetry's exporter for
// JavaScript posts in that version, with the names that scopes had before OTLP 0.15.
// From this folder:
//
//     cp -r . /tmp/former && cd /tmp/former && npm install && node generate.js OUTPUT_FOLDER

const { writeFileSync } = require('node:fs')
const { createServer } = require('node:http')
const { join } = require('node:path')
const { ROOT_CONTEXT, SpanKind, SpanStatusCode, trace } = require('@opentelemetry/api')
const { OTLPTraceExporter } = require('@opentelemetry/exporter-trace-otlp-http')
const { Resource } = require('@opentelemetry/resources')
const { BasicTracerProvider, SimpleSpanProcessor } = require('@opentelemetry/sdk-trace-base')
const { version } = require('@opentelemetry/exporter-trace-otlp-http/package.json')

let spans = 0
const idGenerator = {
  generateTraceId: () => '0af7651916cd43dd8448eb211c80319c',
  generateSpanId() {
    spans += 1
    return `b7ad6b716920330${spans}`
  },
}
/** Collects spans, so that all of them are one request. */
const collected = []
const collector = {
  export(some, done) {
    collected.push(...some)
    done({ code: 0 })
  },
  shutdown() {},
}

const provider = new BasicTracerProvider({
  idGenerator,
  resource: new Resource({ 'service.name': 'shop', 'host.cpus': 8 }),
})
provider.addSpanProcessor(new SimpleSpanProcessor(collector))
const cart = provider.getTracer('fetch', '1.2.3')
const time = (ms) => [1_650_000_000, ms * 1_000_000 + 123]

const root = cart.startSpan('GET /cart', {
  kind: SpanKind.SERVER,
  startTime: time(0),
  attributes: {
    'http.route': '/cart',
    'cart.total': 12.5,
    'cart.paid': true,
    'cart.items': ['tea', 'cup'],
    rows: 3,
  },
})
root.addEvent('loaded', { cached: true }, time(1))
const inRoot = trace.setSpan(ROOT_CONTEXT, root)
const child = provider
  .getTracer('xhr')
  .startSpan(
    'reserve',
    { kind: SpanKind.CLIENT, startTime: time(2), links: [{ context: root.spanContext() }] },
    inRoot,
  )
child.setStatus({ code: SpanStatusCode.ERROR, message: 'no tea left' })
child.end(time(3))
root.end(time(4))

const server = createServer((request, response) => {
  let body = ''
  request.setEncoding('utf8').on('data', (text) => {
    body += text
  })
  request.on('end', () => {
    writeFileSync(
      join(process.argv[2], `former-names.exporter-trace-otlp-http-${version}.json`),
      `${body}\n`,
    )
    response.end('{}')
    server.close()
  })
})
server.listen(0, '127.0.0.1', () => {
  const url = `http://127.0.0.1:${server.address().port}/v1/traces`
  new OTLPTraceExporter({ url }).export(collected, ({ code, error }) => {
    if (code !== 0) throw error
    process.exitCode = 0
  })
})
