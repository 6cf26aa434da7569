// Asks a gateway what to sample with Jaeger's client for Node, and prints what is kept: a line of JSON about
// every 50 ms until its input ends.
import jaeger from 'jaeger-client'
import { readOptions, runRounds } from './rounds.js'

const options = readOptions()
const [host, port] = options.endpoint.split(':')
const nowhere = {
  name: 'nowhere',
  report() {},
  setProcess() {},
  close(done) {
    done?.()
  },
}
const collectorEndpoint = `http://${options.report}/api/traces?format=jaeger.thrift`
const tracer = jaeger.initTracer(
  {
    serviceName: options.service,
    sampler: {
      type: 'remote',
      param: 0.001,
      host,
      port: Number(port),
      refreshIntervalMs: options.pollMs,
    },
    reporter: { collectorEndpoint, flushIntervalMs: 100 },
  },
  options.report === undefined ? { reporter: nowhere } : {},
)

runRounds(options, (operation) => {
  const span = tracer.startSpan(operation)
  span.finish()
  return span.context().isSampled()
})
