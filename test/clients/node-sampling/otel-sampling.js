// Asks a gateway what to sample with OpenTelemetry's remote sampler for Node, and prints what is kept: a line of
// JSON about every 50 ms until its input ends.
import { parseArgs } from 'node:util'
import { ROOT_CONTEXT } from '@opentelemetry/api'
import { JaegerRemoteSampler } from '@opentelemetry/sampler-jaeger-remote'
import { AlwaysOffSampler, BasicTracerProvider } from '@opentelemetry/sdk-trace-base'
import { report } from './report.js'

const { values } = parseArgs({
  options: {
    endpoint: { type: 'string', default: '127.0.0.1:5778' },
    service: { type: 'string', default: 'cart' },
    operations: { type: 'string', default: 'GET /cart' },
    'poll-ms': { type: 'string', default: '1000' },
  },
})
const sampler = new JaegerRemoteSampler({
  endpoint: `http://${values.endpoint}`,
  serviceName: values.service,
  initialSampler: new AlwaysOffSampler(),
  poolingInterval: Number(values['poll-ms']),
})
const tracer = new BasicTracerProvider({ sampler }).getTracer('peer')

report(
  values.operations.split(','),
  (operation) => tracer.startSpan(operation, {}, ROOT_CONTEXT).spanContext().traceFlags === 1,
)
