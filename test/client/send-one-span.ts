import { BasicTracerProvider, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base'
import type { ExportLoss } from '../../bridge/opentelemetry/export-loss.ts'
import { createSpanExporter } from '../../src/client/span-exporter.ts'

/** A program: sends one span to an endpoint and prints how many were taken, and what was lost. */

const [protocol, endpoint = ''] = process.argv.slice(2)
const losses: ExportLoss[] = []
const exporter = createSpanExporter({
  protocol: protocol === 'grpc' ? protocol : 'http/protobuf',
  endpoint,
  limits: { attemptsMax: 2, attemptTimeoutMs: 5000, backoffMs: 10, backoffMaxMs: 20 },
  onLoss: (loss) => losses.push(loss),
})
const provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] })
provider.getTracer('test').startSpan('by TLS').end()
await provider.forceFlush().catch(() => {})
await provider.shutdown().catch(() => {})
console.log(JSON.stringify({ taken: exporter.counts().taken, losses }))
