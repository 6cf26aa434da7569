// Asks a gateway what to sample with OpenTelemetry's remote sampler for Node, and prints what is kept: a line of
// JSON about every 50 ms until its input ends.
import { ROOT_CONTEXT } from '@opentelemetry/api'
import { JaegerRemoteSampler } from '@opentelemetry/sampler-jaeger-remote'
import { AlwaysOffSampler, BasicTracerProvider } from '@opentelemetry/sdk-trace-base'
import { readOptions, runRounds } from './rounds.js'

const options = readOptions()
const sampler = new JaegerRemoteSampler({
  endpoint: `http://${options.endpoint}`,
  serviceName: options.service,
  initialSampler: new AlwaysOffSampler(),
  poolingInterval: options.pollMs,
})
const tracer = new BasicTracerProvider({ sampler }).getTracer('peer')

runRounds(
  options,
  (operation) => tracer.startSpan(operation, {}, ROOT_CONTEXT).spanContext().traceFlags === 1,
)
