// Sends the order story with Jaeger's client for Node: to an agent, Thrift by the binary protocol over
// UDP, or to a collector, the same over HTTP. Prints what the client recorded, from its span objects.
import { parseArgs } from 'node:util'
import jaeger from 'jaeger-client'

const { values } = parseArgs({
  options: {
    endpoint: { type: 'string', default: '127.0.0.1:6832' },
    traces: { type: 'string', default: '1' },
    run: { type: 'string', default: 'run' },
    'start-ms': { type: 'string', default: String(Date.now() - 60_000) },
    protocol: { type: 'string', default: 'udp' },
  },
})
const startMs = Number(values['start-ms'])
const [agentHost, agentPort] = values.endpoint.split(':')
const isHttp = values.protocol === 'http'
const collectorEndpoint = `http://${values.endpoint}/api/traces?format=jaeger.thrift`
const sender = isHttp ? { collectorEndpoint } : { agentHost, agentPort: Number(agentPort) }
const tracer = jaeger.initTracer(
  {
    serviceName: 'node-client-orders',
    sampler: { type: 'const', param: 1 },
    reporter: { ...sender, flushIntervalMs: 60_000 },
    traceId128bit: isHttp,
  },
  { tags: { canary: true, weight: 0.75, zone: 'Zürich' } },
)
// What the client makes its process of, its own tags among them.
const owner = {
  serviceName: tracer._serviceName,
  tags: Object.entries(tracer._tags).map(([key, held]) => ({ key, value: held })),
}

function createOrder(i) {
  const start = startMs + i * 1000
  const root = tracer.startSpan('POST /orders', {
    startTime: start,
    tags: {
      'span.kind': 'server',
      'test.run': values.run,
      customer: 'Zoë',
      'order.total': 12.5 + i,
      'order.gift': i % 2 === 0,
      'order.digest': Buffer.from([0, 1, 254, 255]),
      empty: '',
    },
  })
  if (i % 2 === 1) root.setTag('error', true).setTag('sampling.priority', 1)
  root.setBaggageItem('tenant', 'blue')
  root.log({ event: 'order.checked', rows: 3, cached: true }, start + 1)
  root.log({ message: 'no event name', ratio: 0.1 }, start + 4)
  const query = tracer.startSpan('SELECT orders', {
    childOf: root,
    startTime: start + 2,
    tags: { 'span.kind': 'client', 'db.system': 'sqlite' },
  })
  const mail = tracer.startSpan('send mail', {
    references: [jaeger.opentracing.followsFrom(query.context())],
    startTime: start + 30,
    tags: { 'span.kind': 'consumer' },
  })
  query.finish(start + 11)
  mail.finish(start + 35)
  root.finish(start + 20 + i)
  return [describe(root), describe(query, 'CHILD_OF', root), describe(mail, 'FOLLOWS_FROM', query)]
}

const nano = (ms) => String(BigInt(ms) * 1_000_000n)

function value(held) {
  if (typeof held === 'number') return { double: held }
  if (typeof held === 'boolean') return { bool: held }
  if (Buffer.isBuffer(held)) return { bytes: held.toString('base64') }
  return { string: String(held) }
}
const describeTags = (tags) => tags.map((tag) => ({ key: tag.key, value: value(tag.value) }))

function ids(span) {
  const context = span.context()
  return {
    traceId: context.traceIdStr.padStart(32, '0'),
    spanId: context.spanIdStr.padStart(16, '0'),
  }
}

function describe(span, type, parent) {
  return {
    ...ids(span),
    operationName: span.operationName,
    references: parent === undefined ? [] : [{ type, ...ids(parent) }],
    flags: span.context().flags,
    startNano: nano(span._startTime),
    durationNano: nano(span._duration),
    tags: describeTags(span._tags),
    logs: span._logs.map((log) => ({
      timeNano: nano(log.timestamp),
      fields: describeTags(log.fields),
    })),
    process: {
      serviceName: owner.serviceName,
      tags: describeTags(owner.tags),
    },
    warnings: [],
  }
}

const sent = []
for (let i = 0; i < Number(values.traces); i++) sent.push(...createOrder(i))
tracer.close(() => console.log(JSON.stringify({ client: 'node-jaeger-client', spans: sent })))
