import { resourceFromAttributes } from '@opentelemetry/resources'
import { BasicTracerProvider, BatchSpanProcessor } from '@opentelemetry/sdk-trace-base'
import t from 'tap'
import type { ExportLoss } from '../../bridge/opentelemetry/export-loss.ts'
import { createSpanExporter } from '../../src/client/span-exporter.ts'
import { changed, fullSpan, remoteParent } from '../bridge/opentelemetry/sample-spans.ts'
import { admin } from './admin-client.ts'
import { QueryClient } from './gateway-clients.ts'
import { GatewayProcess } from './gateway-process.ts'

t.setTimeout(120_000)

const gateway = await GatewayProcess.start()
t.teardown(() => gateway.stop())
const addresses = await gateway.ready()
const query = new QueryClient(addresses.queryGrpc)
t.teardown(() => query.close())

const ways = {
  gRPC: { endpoint: addresses.otlpGrpc },
  'gRPC with gzip': { endpoint: addresses.otlpGrpc, compression: 'gzip' },
  HTTP: { protocol: 'http/protobuf', endpoint: `http://${addresses.otlpHttp}` },
  'HTTP with gzip': {
    protocol: 'http/protobuf',
    endpoint: `http://${addresses.otlpHttp}`,
    compression: 'gzip',
  },
} as const

for (const [way, to] of Object.entries(ways)) {
  t.test(
    `the gateway answers what the SDK recorded and the exporter sent over ${way}`,
    async (t) => {
      const losses: ExportLoss[] = []
      const exporter = createSpanExporter({ ...to, onLoss: (loss) => losses.push(loss) })
      const sdk = fullSpan()
      const traceId = Buffer.from(way.padEnd(16)).toString('hex')
      const context = { ...sdk.spanContext(), traceId }
      const span = changed(sdk, { spanContext: () => context })
      const { code } = await new Promise<{ code: number }>((resolve) =>
        exporter.export([span], resolve),
      )
      t.equal(code, 0)
      const [found, ...others] = await query.spans(traceId)
      t.equal(others.length, 0)
      t.match(found, {
        service: 'shop',
        scope: 'cart',
        spanId: context.spanId,
        parentSpanId: remoteParent.spanId,
        traceState: 'shop=cart,ot=th:c',
        flags: 0x301,
        name: 'GET /cart',
        kind: 'SPAN_KIND_SERVER',
        status: 'STATUS_CODE_ERROR',
        startUnixNano: '1700000000123456789',
        endUnixNano: '1700000001000000001',
        attributes: { text: 'tea 🍵', int: '9007199254740991', double: 0.1, yes: true, zero: '0' },
      })
      t.equal(Object.keys(found?.attributes ?? {}).length, 15, 'as many as the SDK keeps')
      t.strictSame(
        found?.events.map(({ name, attributes }) => [name, attributes]),
        [1, 2, 3].map((at) => [`event ${at}`, { at: String(at), more: '1' }]),
      )
      t.equal(found?.links.length, 2)
      t.same(losses, [])
      t.match(exporter.counts(), { exported: 1, taken: 1 })
      await exporter.shutdown()
    },
  )
}

t.test('every span of a load is stored, and the counts of both sides agree', async (t) => {
  const losses: ExportLoss[] = []
  const exporter = createSpanExporter({
    endpoint: addresses.otlpGrpc,
    limits: { requestSpansMax: 50 },
    onLoss: (loss) => losses.push(loss),
  })
  const provider = new BasicTracerProvider({
    resource: resourceFromAttributes({ 'service.name': 'load' }),
    spanProcessors: [
      new BatchSpanProcessor(exporter, { maxExportBatchSize: 512, maxQueueSize: 10_000 }),
    ],
  })
  const before = await storedSpans()
  const tracer = provider.getTracer('load')
  for (let at = 0; at < 3000; at++) tracer.startSpan(`span ${at}`).end()
  await provider.shutdown()
  t.match(exporter.counts(), { exported: 3000, taken: 3000, pending: 0, retries: 0 })
  t.same(losses, [])
  t.equal((await storedSpans()) - before, 3000)
})

t.test(
  'spans that were refused while the gateway was away are stored when it is back',
  async (t) => {
    const first = await GatewayProcess.start()
    t.teardown(() => first.stop())
    const { otlpGrpc } = await first.ready()
    await first.kill9()
    const losses: ExportLoss[] = []
    const exporter = createSpanExporter({
      endpoint: otlpGrpc,
      limits: { attemptsMax: 1000, backoffMaxMs: 300 },
      onLoss: (loss) => losses.push(loss),
    })
    const span = fullSpan()
    const exported = new Promise<{ code: number }>((resolve) => exporter.export([span], resolve))
    const next = await GatewayProcess.start({ portOffset: first.portOffset })
    t.teardown(() => next.stop())
    const { queryGrpc } = await next.ready()
    t.equal((await exported).code, 0)
    t.ok(exporter.counts().retries > 0, `${exporter.counts().retries} retries`)
    t.same(losses, [])
    const client = new QueryClient(queryGrpc)
    t.teardown(() => client.close())
    t.equal((await client.spans(span.spanContext().traceId)).length, 1)
    await exporter.shutdown()
  },
)

async function storedSpans(): Promise<number> {
  const { body } = await admin(addresses.admin, '/metrics')
  const labels = 'receiver="otlp_grpc",format="otlp_proto"'
  return Number(
    new RegExp(`^spangate_spans_stored_total\\{${labels}\\} (\\d+)$`, 'm').exec(body)?.[1],
  )
}
