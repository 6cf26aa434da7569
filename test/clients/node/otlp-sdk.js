// Sends the cart story with the OpenTelemetry SDK for Node over OTLP gRPC or
// HTTP and prints what the SDK recorded.
import { OTLPTraceExporter as GrpcExporter } from '@opentelemetry/exporter-trace-otlp-grpc'
import { OTLPTraceExporter as JsonExporter } from '@opentelemetry/exporter-trace-otlp-http'
import { OTLPTraceExporter as ProtobufExporter } from '@opentelemetry/exporter-trace-otlp-proto'
import { CompressionAlgorithm } from '@opentelemetry/otlp-exporter-base'
import { readOptions } from './options.js'
import { tellStories } from './story.js'

const options = readOptions({ endpoint: '127.0.0.1:4317' })

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

try {
  const spans = await tellStories('node', exporter, options)
  console.log(JSON.stringify({ client: 'node', spans }))
} catch (error) {
  console.error(`otlp-sdk: ${error.message}`)
  process.exit(1)
}
