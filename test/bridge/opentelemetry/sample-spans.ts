import type { SpanContext } from '@opentelemetry/api'
import { ROOT_CONTEXT, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api'
import { resourceFromAttributes } from '@opentelemetry/resources'
import type { ReadableSpan } from '@opentelemetry/sdk-trace-base'
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-base'
import { otelTraceState } from '../../../bridge/propagation/otel-trace-state.ts'

/** A caller's span, as a propagator reads it. */
export const remoteParent: SpanContext = {
  traceId: '0af7651916cd43dd8448eb211c80319c',
  spanId: 'b7ad6b7169203331',
  traceFlags: 3,
  isRemote: true,
  traceState: otelTraceState('shop=cart,ot=th:c'),
}

/** Spans as the SDK records them, with every field that it has. */
export function sampleSpans(): readonly ReadableSpan[] {
  const memory = new InMemorySpanExporter()
  const shop = createProvider(memory, 'shop')
  const stock = createProvider(memory, 'stock')
  const cart = shop.getTracer('cart', '1.2.3', { schemaUrl: 'https://example.test/schema/1' })
  const bare = shop.getTracer('bare')
  const inbound = trace.setSpanContext(ROOT_CONTEXT, remoteParent)
  const server = cart.startSpan(
    'GET /cart',
    {
      kind: SpanKind.SERVER,
      startTime: [1_700_000_000, 123_456_789],
      attributes: {
        text: 'tea 🍵',
        empty: '',
        yes: true,
        no: false,
        int: 9_007_199_254_740_991,
        negative: -7,
        zero: 0,
        double: 0.1,
        infinite: Number.POSITIVE_INFINITY,
        texts: ['a', 'b'],
        ints: [1, -2],
        doubles: [0.5, 1.5],
        bools: [true, false],
        none: [],
        holes: ['a', null, 'c'],
        over: 'the limit',
      },
      links: [
        { context: { ...remoteParent, isRemote: false, traceFlags: 0 }, attributes: { why: 'x' } },
        { context: remoteParent },
        { context: remoteParent, attributes: { a: 1, b: 2, c: 3 } },
      ],
    },
    inbound,
  )
  for (let at = 0; at < 4; at++) server.addEvent(`event ${at}`, { at, more: 1, over: 2 }, at + 1)
  server.setStatus({ code: SpanStatusCode.ERROR, message: 'no tea' })
  const client = stock
    .getTracer('http')
    .startSpan('GET', { kind: SpanKind.CLIENT }, trace.setSpan(inbound, server))
  client.setStatus({ code: SpanStatusCode.OK }).end()
  for (const kind of [SpanKind.INTERNAL, SpanKind.PRODUCER, SpanKind.CONSUMER]) {
    bare.startSpan('', { kind, root: true }).end()
  }
  server.end([1_700_000_001, 1])
  return memory.getFinishedSpans()
}

function createProvider(memory: InMemorySpanExporter, service: string): BasicTracerProvider {
  return new BasicTracerProvider({
    resource: resourceFromAttributes(
      { 'service.name': service, cpus: 8 },
      { schemaUrl: `https://example.test/${service}` },
    ),
    spanLimits: {
      attributeCountLimit: 15,
      eventCountLimit: 3,
      linkCountLimit: 2,
      attributePerEventCountLimit: 2,
      attributePerLinkCountLimit: 2,
    },
    spanProcessors: [new SimpleSpanProcessor(memory)],
  })
}

/** A span with other values in some of its fields. */
export function changed(span: ReadableSpan, changes: Partial<ReadableSpan>): ReadableSpan {
  const { name, kind, startTime, endTime, status, attributes, links, events } = span
  const { duration, ended, resource, instrumentationScope, parentSpanContext } = span
  const { droppedAttributesCount, droppedEventsCount, droppedLinksCount } = span
  const counts = { droppedAttributesCount, droppedEventsCount, droppedLinksCount }
  const times = { startTime, endTime, duration, ended }
  return {
    name,
    kind,
    spanContext: () => span.spanContext(),
    ...(parentSpanContext !== undefined && { parentSpanContext }),
    ...times,
    status,
    attributes,
    links,
    events,
    resource,
    instrumentationScope,
    ...counts,
    ...changes,
  }
}

/** The first span of the sample that has everything. */
export function fullSpan(): ReadableSpan {
  const span = sampleSpans().find(({ name }) => name === 'GET /cart')
  if (span === undefined) throw new Error('the sample has no such span')
  return span
}
