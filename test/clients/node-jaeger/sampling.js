// Asks a gateway what to sample with Jaeger's client for Node, and prints what is kept: a line of JSON about
// every 50 ms until its input ends.
import { parseArgs } from 'node:util'
import jaeger from 'jaeger-client'
import { report } from './report.js'

const { values } = parseArgs({
  options: {
    endpoint: { type: 'string', default: '127.0.0.1:5778' },
    service: { type: 'string', default: 'cart' },
    operations: { type: 'string', default: 'GET /cart' },
    'poll-ms': { type: 'string', default: '1000' },
  },
})
const [host, port] = values.endpoint.split(':')
const nowhere = {
  name: 'nowhere',
  report() {},
  setProcess() {},
  close(done) {
    done?.()
  },
}
const tracer = jaeger.initTracer(
  {
    serviceName: values.service,
    sampler: {
      type: 'remote',
      param: 0.001,
      host,
      port: Number(port),
      refreshIntervalMs: Number(values['poll-ms']),
    },
  },
  { reporter: nowhere },
)

report(values.operations.split(','), (operation) =>
  tracer.startSpan(operation).context().isSampled(),
)
