// Traces a call by Zipkin's tracer for Node and reports it over HTTP, in v1 or v2 JSON.
//
//   zipkin-tracer.js --endpoint http://127.0.0.1:9411 --encoding JSON_V2
//
// Prints {"traceId", "spans": [{"id", "parentId", "name", "kind"}]} once the server has taken them.
import { parseArgs } from 'node:util'
import zipkin from 'zipkin'
import transport from 'zipkin-transport-http'

const { Annotation, BatchRecorder, ExplicitContext, InetAddress, Tracer, jsonEncoder } = zipkin
const { values } = parseArgs({
  options: { endpoint: { type: 'string' }, encoding: { type: 'string' } },
})
const encoder = values.encoding === 'JSON_V1' ? jsonEncoder.JSON_V1 : jsonEncoder.JSON_V2
const path = values.encoding === 'JSON_V1' ? '/api/v1/spans' : '/api/v2/spans'
const logger = new transport.HttpLogger({
  endpoint: `${values.endpoint}${path}`,
  jsonEncoder: encoder,
  httpInterval: 50,
})
const delivered = new Promise((resolve, reject) => {
  logger.on('success', resolve)
  logger.on('error', reject)
})
const recorder = new BatchRecorder({ logger })
const tracer = new Tracer({
  recorder,
  ctxImpl: new ExplicitContext(),
  localServiceName: 'node-shop',
  traceId128Bit: true,
})

const spans = []
tracer.scoped(() => {
  const server = tracer.createRootId()
  tracer.setId(server)
  record(server, 'get /cart', 'server', () => {
    tracer.recordAnnotation(new Annotation.ServerRecv())
    tracer.recordBinary('http.path', '/cart/ü')
    tracer.recordMessage('cache "miss"')
    const client = tracer.createChildId()
    tracer.letId(client, () => {
      record(client, 'get /stock', 'client', () => {
        tracer.recordAnnotation(new Annotation.ClientSend())
        tracer.recordAnnotation(
          new Annotation.ServerAddr({
            serviceName: 'node-stock',
            host: new InetAddress('10.0.0.2'),
            port: 9000,
          }),
        )
        tracer.recordBinary('error', 'timeout')
        tracer.recordAnnotation(new Annotation.ClientRecv())
      })
    })
    tracer.recordAnnotation(new Annotation.ServerSend())
  })
})

function record(id, name, kind, work) {
  tracer.recordServiceName('node-shop')
  tracer.recordRpc(name)
  tracer.recordAnnotation(
    new Annotation.LocalAddr({ host: new InetAddress('10.0.0.1'), port: 8080 }),
  )
  work()
  // A root names itself as its parent.
  const parentId = id.parentId === id.spanId ? '' : id.parentId
  spans.push({ traceId: id.traceId, id: id.spanId, parentId, name, kind })
}

// The logger's own timer keeps no process alive.
const waiting = setTimeout(() => process.exit(1), 30_000)
await delivered
clearTimeout(waiting)
console.log(JSON.stringify({ client: 'zipkin 0.22.0', spans }))
