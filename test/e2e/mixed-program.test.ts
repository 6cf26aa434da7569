import { context } from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import t from 'tap'
import { b3Multi } from '../../bridge/propagation/b3-multi.ts'
import { b3Single } from '../../bridge/propagation/b3-single.ts'
import { compositeFormat } from '../../bridge/propagation/composite.ts'
import type { Format } from '../../bridge/propagation/format.ts'
import { jaegerFormat } from '../../bridge/propagation/jaeger.ts'
import { textMapPropagator } from '../../bridge/propagation/text-map-propagator.ts'
import { traceContext } from '../../bridge/propagation/trace-context.ts'
import { w3cBaggage } from '../../bridge/propagation/w3c-baggage.ts'
import type { FoundSpan } from './gateway-clients.ts'
import { QueryClient } from './gateway-clients.ts'
import { GatewayProcess } from './gateway-process.ts'
import { runMixedProgram } from './mixed-program.ts'

const gateway = await GatewayProcess.start()
t.teardown(() => gateway.stop())
const { otlpGrpc, queryGrpc } = await gateway.ready()
const query = new QueryClient(queryGrpc)
t.teardown(() => query.close())
context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())
t.teardown(() => context.disable())

const jaeger = jaegerFormat()
const read = [traceContext, jaeger, b3Single, b3Multi, w3cBaggage]
const writing = (...write: readonly Format[]) => {
  return textMapPropagator(compositeFormat({ read, write: [...write, w3cBaggage] }))
}

const hops = [
  ['traceparent', traceContext, traceContext],
  ['uber-trace-id', jaeger, jaeger],
  ['b3', b3Single, b3Single],
  ['x-b3-*', b3Multi, b3Multi],
  ['uber-trace-id, then b3', jaeger, b3Single],
  ['traceparent, then uber-trace-id', traceContext, jaeger],
] as const

/** Flags of OTLP: sampled, and whether the parent is known to be remote. */
const local = 0x101
const remote = 0x301

for (const [name, http, message] of hops) {
  t.test(`a program of old and new code is one trace across ${name}`, async (t) => {
    const propagators = { http: writing(http), message: writing(message) }
    const traceId = await runMixedProgram(otlpGrpc, propagators)
    const spans = await query.spans(traceId)
    const named = (name: string): FoundSpan => {
      const [span, ...others] = spans.filter((one) => one.name === name)
      if (span === undefined || others.length > 0) throw new Error(`"${name}" is not there once`)
      return span
    }
    t.equal(spans.length, 8)
    for (const span of spans) t.equal(span.traceId, traceId, span.name)
    const parts = [
      'GET /cart',
      'load cart',
      'GET stock',
      'GET /stock',
      'reserve',
      'publish',
      'process',
      'send mail',
    ]
    const seen = parts.map((part) => {
      const { service, scope, kind, status, flags } = named(part)
      const parent = spans.find(({ spanId }) => spanId === named(part).parentSpanId)?.name
      return [part, service, scope, kind.replace('SPAN_KIND_', ''), parent, status.slice(12), flags]
    })
    const old = 'opentracing-shim'
    t.strictSame(seen, [
      ['GET /cart', 'storefront', old, 'SERVER', undefined, 'UNSET', local],
      ['load cart', 'storefront', 'new-code', 'INTERNAL', 'GET /cart', 'UNSET', local],
      ['GET stock', 'storefront', old, 'CLIENT', 'load cart', 'UNSET', local],
      ['GET /stock', 'stock', 'new-code', 'SERVER', 'GET stock', 'UNSET', remote],
      ['reserve', 'stock', old, 'INTERNAL', 'GET /stock', 'ERROR', local],
      ['publish', 'stock', 'new-code', 'PRODUCER', 'reserve', 'UNSET', local],
      ['process', 'mailer', old, 'CONSUMER', 'publish', 'UNSET', remote],
      ['send mail', 'mailer', 'new-code', 'INTERNAL', 'process', 'UNSET', local],
    ])
    t.equal(named('GET /cart').parentSpanId, '')
    t.strictSame(named('GET stock').attributes, { 'http.status_code': '200' })
    t.strictSame(named('reserve').attributes, { user: 'ada lovelace' }, 'baggage came by HTTP')
    t.strictSame(named('send mail').attributes, { user: 'ada lovelace' }, 'and by the message')
    t.match(named('reserve').events, [
      {
        name: 'exception',
        attributes: { 'exception.type': 'RangeError', 'exception.message': 'no tea left' },
      },
    ])
    t.strictSame(named('process').links, [
      { spanId: named('publish').spanId, attributes: { 'opentracing.ref_type': 'follows_from' } },
    ])
    for (const { name, startUnixNano, endUnixNano } of spans) {
      t.ok(BigInt(startUnixNano) <= BigInt(endUnixNano), name)
    }
  })
}
