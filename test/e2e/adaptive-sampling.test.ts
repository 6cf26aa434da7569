import { ROOT_CONTEXT } from '@opentelemetry/api'
import { resourceFromAttributes } from '@opentelemetry/resources'
import { BasicTracerProvider, BatchSpanProcessor } from '@opentelemetry/sdk-trace-base'
import t from 'tap'
import { createRemoteSampler } from '../../src/client/remote-sampler.ts'
import { createSpanExporter } from '../../src/client/span-exporter.ts'
import { testDirectory } from '../test-directory.ts'
import { until } from '../transport/start-listener.ts'
import { GatewayProcess } from './gateway-process.ts'

t.setTimeout(180_000)

const madePerSecond = 1000
const targetPerSecond = 50

for (const kind of ['memory', 'sqlite'] as const) {
  t.test(`adaptive sampling brings an operation to its target, with ${kind}`, async (t) => {
    const store = kind === 'memory' ? 'memory:' : `sqlite:${testDirectory(t)}/data`
    const gateway = await GatewayProcess.start({
      store,
      args: [
        ...['--sampling.mode', 'adaptive', '--sampling.adaptive.interval', '500ms'],
        ...['--sampling.adaptive.delay', '500ms', '--sampling.default-probability', '1'],
        ...['--sampling.adaptive.target-rate', String(targetPerSecond)],
      ],
    })
    t.teardown(() => gateway.stop())
    const { otlpGrpc, samplingHttp } = await gateway.ready()
    const sampler = createRemoteSampler({
      service: 'cart',
      endpoint: `http://${samplingHttp}`,
      limits: { pollMs: 100 },
    })
    const processor = new BatchSpanProcessor(createSpanExporter({ endpoint: otlpGrpc }), {
      scheduledDelayMillis: 50,
    })
    const provider = new BasicTracerProvider({
      sampler,
      spanProcessors: [processor],
      resource: resourceFromAttributes({ 'service.name': 'cart' }),
    })
    t.teardown(async () => {
      clearInterval(timer)
      await provider.shutdown()
      await sampler.shutdown()
    })
    const tracer = provider.getTracer('test')
    const keptAtMs: number[] = []
    const startMs = performance.now()
    let made = 0
    const timer = setInterval(() => {
      const nowMs = performance.now()
      for (; made < ((nowMs - startMs) * madePerSecond) / 1000; made++) {
        const span = tracer.startSpan('busy', {}, ROOT_CONTEXT)
        if (span.spanContext().traceFlags === 1) keptAtMs.push(nowMs)
        span.end()
      }
    }, 10)
    /** Of the last two seconds. */
    const keptPerSecond = () => {
      const fromMs = performance.now() - 2000
      return keptAtMs.filter((atMs) => atMs > fromMs).length / 2
    }
    await until(() => keptPerSecond() > targetPerSecond * 4)
    // A machine that is busy makes spans in bursts, which is why it need not stay so.
    await until(() => {
      const kept = keptPerSecond()
      return kept > targetPerSecond * 0.6 && kept < targetPerSecond * 1.5
    })
    const rare = await fetch(`http://${samplingHttp}/sampling?service=nobody`)
    t.match(await rare.text(), '"defaultLowerBoundTracesPerSecond":0.0166667')
  })
}
