// Runs in a page: sends the cart story with the OpenTelemetry SDK for browsers over OTLP HTTP.
import { OTLPTraceExporter as JsonExporter } from '@opentelemetry/exporter-trace-otlp-http'
import { OTLPTraceExporter as ProtobufExporter } from '@opentelemetry/exporter-trace-otlp-proto'
import { tellStories } from './story.js'

const exporters = { 'http/protobuf': ProtobufExporter, 'http/json': JsonExporter }

globalThis.sendStories = ({ endpoint, protocol, ...options }) => {
  const Exporter = exporters[protocol]
  const exporter = new Exporter({ url: `http://${endpoint}/v1/traces`, timeoutMillis: 20_000 })
  return tellStories('browser', exporter, options)
}
