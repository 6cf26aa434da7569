import { once } from 'node:events'
import type { IncomingMessage } from 'node:http'
import { createServer, get } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Tracer as OtelTracer, TextMapPropagator } from '@opentelemetry/api'
import { context, propagation, ROOT_CONTEXT, SpanKind, trace } from '@opentelemetry/api'
import { resourceFromAttributes } from '@opentelemetry/resources'
import { BasicTracerProvider, BatchSpanProcessor } from '@opentelemetry/sdk-trace-base'
import { FORMAT_HTTP_HEADERS, FORMAT_TEXT_MAP, followsFrom, Tags } from 'opentracing'
import { withActiveSpan } from '../../bridge/opentracing/active-span.ts'
import { BridgeTracer } from '../../bridge/opentracing/bridge-tracer.ts'
import { headerGetter, messageHeaderSetter } from '../../bridge/propagation/header-accessors.ts'
import { createSpanExporter } from '../../src/client/span-exporter.ts'

/** How each hop is written; all of them read every format. */
export interface Propagators {
  readonly http: TextMapPropagator
  readonly message: TextMapPropagator
}

/** Headers of a message as Kafka's clients have them. */
type KafkaHeaders = Record<string, Buffer>

/** One service: old code by OpenTracing, new code by OpenTelemetry, over one SDK. */
interface Service {
  readonly old: BridgeTracer
  readonly current: OtelTracer
  shutdown(): Promise<void>
}

function createService(name: string, endpoint: string, { http, message }: Propagators): Service {
  const exporter = createSpanExporter({ endpoint })
  const provider = new BasicTracerProvider({
    resource: resourceFromAttributes({ 'service.name': name }),
    spanProcessors: [new BatchSpanProcessor(exporter)],
  })
  const propagators = { httpHeaders: http, textMap: message }
  return {
    old: new BridgeTracer({ tracerProvider: provider, propagators }),
    current: provider.getTracer('new-code'),
    shutdown: () => provider.shutdown(),
  }
}

/**
 * A program of three services, one trace: an OpenTracing server span, an OpenTelemetry child, an HTTP hop
 * to a service of OpenTelemetry with OpenTracing inside, a message to one of OpenTracing with
 * OpenTelemetry inside.
 *
 * @returns the id of the trace, when all its spans are with the gateway
 */
export async function runMixedProgram(endpoint: string, propagators: Propagators): Promise<string> {
  const storefront = createService('storefront', endpoint, propagators)
  const stock = createService('stock', endpoint, propagators)
  const mailer = createService('mailer', endpoint, propagators)
  const published: KafkaHeaders[] = []
  const server = createServer((request, response) => {
    published.push(serveStock(stock, request, propagators))
    response.end()
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  try {
    const { port } = server.address() as AddressInfo
    const traceId = await serveCart(storefront, `http://127.0.0.1:${port}/stock`)
    for (const headers of published) sendMail(mailer, headers)
    return traceId
  } finally {
    server.close()
    await Promise.all([storefront, stock, mailer].map((service) => service.shutdown()))
  }
}

/** Old code calls new code, which calls old code that sends the request. */
async function serveCart({ old, current }: Service, url: string): Promise<string> {
  const span = old.startSpan('GET /cart', { tags: { [Tags.SPAN_KIND]: 'server' } })
  span.setBaggageItem('user', 'ada lovelace')
  await withActiveSpan(span, async () => {
    const load = current.startSpan('load cart')
    await context.with(trace.setSpan(context.active(), load), async () => {
      await Promise.resolve()
      const call = old.startSpan('GET stock', { tags: { [Tags.SPAN_KIND]: 'client' } })
      const headers: Record<string, string> = {}
      old.inject(call, FORMAT_HTTP_HEADERS, headers)
      const [response] = (await once(get(url, { headers }), 'response')) as [IncomingMessage]
      call.setTag('http.status_code', response.statusCode).finish()
      response.resume()
    })
    load.end()
  })
  span.finish()
  return span.context().toTraceId()
}

/** New code that calls old code and publishes a message. */
function serveStock(
  { old, current }: Service,
  { headers }: IncomingMessage,
  { http, message }: Propagators,
): KafkaHeaders {
  const caller = http.extract(ROOT_CONTEXT, headers, headerGetter)
  const span = current.startSpan('GET /stock', { kind: SpanKind.SERVER }, caller)
  const outgoing: KafkaHeaders = {}
  context.with(trace.setSpan(caller, span), () => {
    const reserve = old.startSpan('reserve')
    reserve.setTag(Tags.ERROR, true).setTag('user', reserve.getBaggageItem('user'))
    reserve.log({ event: 'error', 'error.object': new RangeError('no tea left') })
    const publish = withActiveSpan(reserve, () =>
      current.startSpan('publish', { kind: SpanKind.PRODUCER }),
    )
    message.inject(trace.setSpan(context.active(), publish), outgoing, messageHeaderSetter)
    publish.end()
    reserve.finish()
  })
  span.end()
  return outgoing
}

/** Old code that takes a message and calls new code. */
function sendMail({ old, current }: Service, headers: KafkaHeaders): void {
  const published = old.extract(FORMAT_TEXT_MAP, headers)
  const references = published === null ? [] : [followsFrom(published)]
  const span = old.startSpan('process', { references, tags: { [Tags.SPAN_KIND]: 'consumer' } })
  withActiveSpan(span, () => {
    const user = propagation.getActiveBaggage()?.getEntry('user')?.value ?? ''
    current.startSpan('send mail', { attributes: { user } }).end()
  })
  span.finish()
}
