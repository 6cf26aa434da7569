import { ROOT_CONTEXT, trace } from '@opentelemetry/api'
import { resourceFromAttributes } from '@opentelemetry/resources'
import { BasicTracerProvider, BatchSpanProcessor } from '@opentelemetry/sdk-trace-base'
import { pino } from 'pino'
import type { Test } from 'tap'
import t from 'tap'
import { encodeRequests } from '../../bridge/opentelemetry/encode-requests.ts'
import type { ExportLoss } from '../../bridge/opentelemetry/export-loss.ts'
import { defaultExporterLimits } from '../../bridge/opentelemetry/exporter-limits.ts'
import { createSpanExporter } from '../../src/client/span-exporter.ts'
import { settings } from '../../src/config/settings.ts'
import { startEmbeddedGateway } from '../../src/embedded-gateway.ts'
import type { Gateway } from '../../src/gateway.ts'
import { changed, fullSpan } from '../bridge/opentelemetry/sample-spans.ts'
import { admin } from '../e2e/admin-client.ts'
import { QueryClient } from '../e2e/gateway-clients.ts'
import { testDirectory } from '../test-directory.ts'

/** Of every port, so that another gateway of this machine is in nobody's way. */
const anyPort = Object.fromEntries(
  Object.keys(settings)
    .filter((name) => name.endsWith('.port'))
    .map((name) => [name, 0]),
)

async function startGateway(t: Test, given: object = {}) {
  const store = `sqlite:${testDirectory(t)}/data`
  const gateway = await startEmbeddedGateway({
    settings: { ...anyPort, bind: '127.0.0.1', store, ...given },
    logger: pino({ level: 'silent' }),
  })
  t.teardown(() => gateway.stop())
  return gateway
}

function addressOf({ addresses }: Gateway, name: string): string {
  const found = addresses.find((address) => address.startsWith(`${name}=`))
  if (found === undefined) throw new Error(`nothing listens for ${name}`)
  return found.slice(name.length + 1)
}

function start(gateway: Gateway) {
  const losses: ExportLoss[] = []
  const exporter = createSpanExporter({ gateway, onLoss: (loss) => losses.push(loss) })
  const provider = new BasicTracerProvider({
    resource: resourceFromAttributes({ 'service.name': 'in-process' }),
    spanProcessors: [new BatchSpanProcessor(exporter)],
  })
  return { exporter, provider, losses }
}

t.test('spans go straight into a gateway of the same process, and are found', async (t) => {
  const gateway = await startGateway(t)
  const { exporter, provider, losses } = start(gateway)
  const tracer = provider.getTracer('test')
  const root = tracer.startSpan('root')
  const child = tracer.startSpan('child', {}, trace.setSpan(ROOT_CONTEXT, root))
  child.end()
  root.end()
  await provider.forceFlush()
  t.match(exporter.counts(), { exported: 2, taken: 2 })
  const query = new QueryClient(addressOf(gateway, 'query.grpc'))
  t.teardown(() => query.close())
  const { traceId, spanId } = root.spanContext()
  const spans = await query.spans(traceId)
  t.strictSame(spans.map(({ name }) => name).sort(), ['child', 'root'])
  t.equal(spans.find(({ name }) => name === 'child')?.parentSpanId, spanId)
  const metrics = await admin(addressOf(gateway, 'admin'), '/metrics')
  t.match(
    metrics.body,
    /^spangate_spans_stored_total\{receiver="in_process",format="otlp_proto"\} 2$/m,
  )
  t.same(losses, [])
  await provider.shutdown()
})

t.test(
  'a request keeps its bytes, also one that another thread decodes, to be sent again',
  async (t) => {
    const gateway = await startGateway(t)
    const large = changed(fullSpan(), { attributes: { text: 'x'.repeat(1_500_000) } })
    for (const span of [fullSpan(), large]) {
      const { requests } = encodeRequests([span], defaultExporterLimits)
      const bytes = requests[0]?.bytes ?? new Uint8Array(0)
      const before = Buffer.from(bytes)
      for (const _ of [1, 2]) {
        const call = { timeoutMs: 10_000, signal: new AbortController().signal }
        t.match(await gateway.spanTransport.send(bytes, call), { kind: 'taken' })
        t.ok(before.equals(bytes), `${before.length} bytes are as they were`)
      }
    }
  },
)

t.test('a bad request is refused for good, and one that takes too long is not', async (t) => {
  const gateway = await startGateway(t)
  const signal = new AbortController().signal
  const { send } = gateway.spanTransport
  t.match(await send(Uint8Array.of(0xff), { timeoutMs: 1000, signal }), {
    kind: 'refused',
    code: 'undecodable',
    isRetryable: false,
  })
  const { requests } = encodeRequests([fullSpan()], defaultExporterLimits)
  const bytes = requests[0]?.bytes ?? new Uint8Array(0)
  t.match(await send(bytes, { timeoutMs: 1000, signal: AbortSignal.abort() }), {
    kind: 'refused',
    code: 'cancelled',
  })
})

t.test('stop() of the gateway finishes what is under way', async (t) => {
  const gateway = await startGateway(t)
  const { exporter, losses } = start(gateway)
  const exported = new Promise<{ code: number }>((resolve) =>
    exporter.export([fullSpan()], resolve),
  )
  await gateway.stop()
  t.equal((await exported).code, 0)
  t.same(losses, [])
})

t.test('a gateway that has stopped takes nothing, and says so', async (t) => {
  const gateway = await startGateway(t)
  const { exporter, provider, losses } = start(gateway)
  await gateway.stop()
  provider.getTracer('test').startSpan('late').end()
  await t.rejects(provider.forceFlush())
  t.match(losses, [{ reason: 'refused', spans: 1, message: /the gateway has stopped/ }])
  t.equal(exporter.counts().retries, 0)
})

t.test('startEmbeddedGateway() names a setting that is none', async (t) => {
  await t.rejects(startEmbeddedGateway({ settings: { 'otlp.grpc.port': 'x' } }), {
    code: 'bad_settings',
    message: /otlp\.grpc\.port/,
  })
})
