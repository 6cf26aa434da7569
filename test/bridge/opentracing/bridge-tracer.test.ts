import {
  context,
  propagation,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import type { Sampler } from '@opentelemetry/sdk-trace-base'
import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  ParentBasedSampler,
  SamplingDecision,
} from '@opentelemetry/sdk-trace-base'
import { MockTracer, Reference, Span, SpanContext, Tracer } from 'opentracing'
import t from 'tap'
import { contextWithSpan, withActiveSpan } from '../../../bridge/opentracing/active-span.ts'
import { BridgeTracer } from '../../../bridge/opentracing/bridge-tracer.ts'
import { prioritySampler } from '../../../bridge/opentracing/priority-sampler.ts'
import { otelTraceState } from '../../../bridge/propagation/otel-trace-state.ts'
import { createRecorder } from './record.ts'

context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())
t.teardown(() => context.disable())

t.test('startSpan() gives instances of the API, and records in its scope', async (t) => {
  const { tracer, recorded } = createRecorder({ version: '1.2.3' })
  const span = tracer.startSpan('GET /cart')
  t.type(span, Span)
  t.type(span.context(), SpanContext)
  t.type(tracer, Tracer)
  t.equal(span.tracer(), tracer)
  t.match(span.context().toTraceId(), /^[0-9a-f]{32}$/)
  t.match(span.context().toSpanId(), /^[0-9a-f]{16}$/)
  span.finish()
  const { instrumentationScope, kind, parentSpanContext, links } = recorded('GET /cart')
  t.match(instrumentationScope, { name: 'opentracing-shim', version: '1.2.3' })
  t.equal(kind, SpanKind.INTERNAL)
  t.equal(parentSpanContext, undefined)
  t.same(links, [])
  t.equal(span.context().toTraceId(), recorded('GET /cart').spanContext().traceId)
})

t.test('startSpan() with childOf is a child, of a span and of its context', async (t) => {
  const { tracer, recorded } = createRecorder()
  const parent = tracer.startSpan('parent')
  const options = { childOf: parent }
  for (const name of ['of span', 'of span again']) tracer.startSpan(name, options).finish()
  t.strictSame(options, { childOf: parent }, 'the options stay as they are')
  tracer.startSpan('of context', { childOf: parent.context() }).finish()
  for (const name of ['of span', 'of span again', 'of context']) {
    const { parentSpanContext, links } = recorded(name)
    t.equal(parentSpanContext?.spanId, parent.context().toSpanId(), name)
    t.match(links, [
      {
        context: { spanId: parent.context().toSpanId() },
        attributes: { 'opentracing.ref_type': 'child_of' },
      },
    ])
  }
})

const orders = [
  { types: ['follows_from', 'child_of', 'child_of'], parent: 1 },
  { types: ['follows_from', 'follows_from'], parent: 0 },
  { types: ['child_of', 'follows_from'], parent: 0 },
  { types: ['follows_from'], parent: 0 },
] as const

for (const { types, parent } of orders) {
  t.test(
    `startSpan() with ${types.join(', ')} has number ${parent} as parent and all as links`,
    async (t) => {
      const { tracer, recorded } = createRecorder()
      const others = types.map((_, at) => tracer.startSpan(`other ${at}`))
      const references = types.map(
        (type, at) => new Reference(type, others[at]?.context() as SpanContext),
      )
      tracer.startSpan('joins', { references }).finish()
      const { parentSpanContext, links } = recorded('joins')
      t.equal(parentSpanContext?.spanId, others[parent]?.context().toSpanId())
      t.strictSame(
        links.map((link) => [link.context.spanId, link.attributes?.['opentracing.ref_type']]),
        others.map((other, at) => [other.context().toSpanId(), types[at]]),
      )
      t.equal(references.length, types.length)
    },
  )
}

t.test('startSpan() gives baggage of all references, the parent first', async (t) => {
  const { tracer } = createRecorder()
  const [a, b, c] = ['a', 'b', 'c'].map((name) => tracer.startSpan(name))
  if (a === undefined || b === undefined || c === undefined) throw new Error('unreachable')
  a.setBaggageItem('only-a', '1').setBaggageItem('all', 'a')
  b.setBaggageItem('all', 'b')
  c.setBaggageItem('only-c', '3').setBaggageItem('all', 'c')
  const references = [
    new Reference('follows_from', a.context()),
    new Reference('child_of', b.context()),
    new Reference('child_of', c.context()),
  ]
  const span = tracer.startSpan('joins', { references })
  t.equal(span.getBaggageItem('only-a'), '1')
  t.equal(span.getBaggageItem('only-c'), '3')
  t.equal(span.getBaggageItem('all'), 'b')
  t.equal(span.getBaggageItem('none'), undefined)
})

t.test('setBaggageItem() changes the span and not the contexts that it had', async (t) => {
  const { tracer } = createRecorder()
  const span = tracer.startSpan('a')
  const before = span.context()
  span.setBaggageItem('key', 'value')
  t.equal(tracer.startSpan('old', { childOf: before }).getBaggageItem('key'), undefined)
  t.equal(tracer.startSpan('new', { childOf: span }).getBaggageItem('key'), 'value')
})

t.test('startSpan() hands tags to samplers, kind and status aside', async (t) => {
  const seen: unknown[] = []
  const sampler: Sampler = {
    shouldSample: (_context, _traceId, _name, kind, attributes) => {
      seen.push({ kind, ...attributes })
      return { decision: SamplingDecision.RECORD_AND_SAMPLED }
    },
    toString: () => 'seen',
  }
  const { tracer, recorded } = createRecorder({ sampler })
  const tags = { 'span.kind': 'server', error: true, 'http.url': '/', retries: 2 }
  tracer.startSpan('a', { tags }).finish()
  t.strictSame(seen, [{ kind: SpanKind.SERVER, 'http.url': '/', retries: 2 }])
  t.equal(recorded('a').status.code, SpanStatusCode.ERROR)
  tracer.startSpan('b', { tags: { 'span.kind': 'robot', error: 'oops' } }).finish()
  t.match(recorded('b'), {
    kind: SpanKind.INTERNAL,
    attributes: { 'span.kind': 'robot', error: 'oops' },
    status: { code: SpanStatusCode.UNSET },
  })
})

for (const [text, kind] of [
  ['client', SpanKind.CLIENT],
  ['server', SpanKind.SERVER],
  ['producer', SpanKind.PRODUCER],
  ['consumer', SpanKind.CONSUMER],
  ['internal', SpanKind.INTERNAL],
] as const) {
  t.test(`startSpan() with the tag span.kind=${text} has this kind`, async (t) => {
    const { tracer, recorded } = createRecorder()
    tracer.startSpan('a', { tags: { 'span.kind': text } }).finish()
    t.equal(recorded('a').kind, kind)
    t.same(recorded('a').attributes, {})
  })
}

t.test('startSpan() and finish() take ms since the epoch, also small ones', async (t) => {
  const { tracer, recorded } = createRecorder()
  tracer.startSpan('now', { startTime: 1_700_000_000_123.456 }).finish(1_700_000_000_999)
  t.strictSame(recorded('now').startTime, [1_700_000_000, 123_456_000])
  t.strictSame(recorded('now').endTime, [1_700_000_000, 999_000_000])
  tracer.startSpan('1970', { startTime: 1.5 }).finish(2)
  t.strictSame(recorded('1970').startTime, [0, 1_500_000])
  t.strictSame(recorded('1970').endTime, [0, 2_000_000])
})

t.test('a span context of another tracer is as none, and told', async (t) => {
  const { tracer, recorded, losses } = createRecorder()
  const foreign = [new Tracer().startSpan('noop'), new MockTracer().startSpan('mock')]
  for (const [at, span] of foreign.entries()) {
    tracer.startSpan(`child ${at}`, { childOf: span }).finish()
    t.equal(recorded(`child ${at}`).parentSpanContext, undefined)
    const carrier = {}
    tracer.inject(span, 'text_map', carrier)
    t.same(carrier, {})
  }
  t.same(
    losses.map(({ reason }) => reason),
    Array(4).fill('foreign_context'),
  )
  t.equal(tracer.losses().foreign_context, 4)
  const nobody = null as unknown as SpanContext
  tracer
    .startSpan('root', { childOf: nobody, references: [new Reference('child_of', nobody)] })
    .finish()
  t.equal(recorded('root').parentSpanContext, undefined)
  t.equal(losses.length, 4, 'no caller is no loss')
})

t.test('a span of a provider that records nothing is no parent', async (t) => {
  const noop = new BridgeTracer({ tracerProvider: trace.getTracerProvider() })
  const { tracer, recorded } = createRecorder()
  const parent = noop.startSpan('nothing').setBaggageItem('key', 'value').setTag('a', 1)
  t.equal(parent.context().toTraceId(), '')
  t.equal(parent.context().toSpanId(), '')
  const child = tracer.startSpan('root', { childOf: parent })
  t.equal(child.getBaggageItem('key'), 'value', 'its baggage goes on')
  child.finish()
  parent.finish()
  t.equal(recorded('root').parentSpanContext, undefined)
  t.same(recorded('root').links, [])
})

t.test('a child of a span that is not sampled is not sampled', async (t) => {
  const sampler = new ParentBasedSampler({ root: new AlwaysOffSampler() })
  const { tracer, all } = createRecorder({ sampler })
  const parent = tracer.startSpan('off')
  const child = tracer.startSpan('child', { childOf: parent })
  t.equal(child.context().toTraceId(), parent.context().toTraceId(), 'it is the same trace')
  child.finish()
  parent.finish()
  t.same(all(), [])
})

t.test('OpenTelemetry code under an active span of OpenTracing is its child', async (t) => {
  const { tracer, provider, recorded } = createRecorder()
  const span = tracer.startSpan('old').setBaggageItem('user', 'ada')
  await withActiveSpan(span, async () => {
    await Promise.resolve()
    t.equal(tracer.activeSpan(), span)
    t.equal(propagation.getActiveBaggage()?.getEntry('user')?.value, 'ada')
    provider.getTracer('new').startSpan('new').end()
  })
  t.equal(tracer.activeSpan(), undefined)
  t.equal(recorded('new').parentSpanContext?.spanId, span.context().toSpanId())
  t.equal(contextWithSpan(new Tracer().startSpan('noop'), ROOT_CONTEXT), ROOT_CONTEXT)
})

t.test('contextWithSpan() takes the baggage of another span away', async (t) => {
  const { tracer } = createRecorder()
  const other = propagation.setBaggage(
    ROOT_CONTEXT,
    propagation.createBaggage({ a: { value: '1' } }),
  )
  t.equal(propagation.getBaggage(contextWithSpan(tracer.startSpan('a'), other)), undefined)
})

t.test('OpenTracing code under an active span of OpenTelemetry is its child', async (t) => {
  const { tracer, provider, recorded } = createRecorder()
  const span = provider.getTracer('new').startSpan('new')
  const baggage = propagation.createBaggage({ user: { value: 'ada' } })
  const active = propagation.setBaggage(trace.setSpan(ROOT_CONTEXT, span), baggage)
  context.with(active, () => {
    const old = tracer.startSpan('old')
    t.equal(old.getBaggageItem('user'), 'ada')
    old.finish()
    const bridged = tracer.activeSpan()
    t.equal(bridged?.context().toSpanId(), span.spanContext().spanId)
    bridged?.setTag('by', 'old code')
    const elsewhere = tracer.startSpan('elsewhere')
    tracer.startSpan('explicit', { childOf: elsewhere }).finish()
    t.equal(recorded('explicit').parentSpanContext?.spanId, elsewhere.context().toSpanId())
  })
  span.end()
  t.equal(recorded('old').parentSpanContext?.spanId, span.spanContext().spanId)
  t.same(recorded('old').links, [])
  t.match(recorded('new').attributes, { by: 'old code' })
})

t.test('activeSpan() without a span has the baggage, and records nothing', async (t) => {
  const { tracer } = createRecorder()
  const baggage = propagation.createBaggage({ user: { value: 'ada' } })
  context.with(propagation.setBaggage(ROOT_CONTEXT, baggage), () => {
    const span = tracer.activeSpan()
    t.equal(span?.getBaggageItem('user'), 'ada')
    t.equal(span?.context().toTraceId(), '')
  })
})

t.test(
  'startSpan() with activeSpanIsParent false begins a trace, as the specification says',
  async (t) => {
    const { tracer, provider, recorded } = createRecorder({ activeSpanIsParent: false })
    const span = provider.getTracer('new').startSpan('new')
    context.with(trace.setSpan(ROOT_CONTEXT, span), () => tracer.startSpan('old').finish())
    t.equal(recorded('old').parentSpanContext, undefined)
  },
)

t.test(
  'prioritySampler() heeds sampling.priority at the start, whoever is the parent',
  async (t) => {
    const off = prioritySampler(new ParentBasedSampler({ root: new AlwaysOffSampler() }))
    const unlikely = createRecorder({ sampler: off })
    const forced = unlikely.tracer.startSpan('forced', { tags: { 'sampling.priority': 1 } })
    unlikely.tracer.startSpan('its child', { childOf: forced }).finish()
    unlikely.tracer.startSpan('other').finish()
    forced.finish()
    t.strictSame(
      unlikely.all().map(({ name }) => name),
      ['its child', 'forced'],
    )

    const likely = createRecorder({
      sampler: prioritySampler(new ParentBasedSampler({ root: new AlwaysOnSampler() })),
    })
    const parent = likely.tracer.startSpan('parent')
    const options = { childOf: parent, tags: { 'sampling.priority': 0 } }
    const quiet = likely.tracer.startSpan('quiet', options)
    likely.tracer.startSpan('below', { childOf: quiet }).finish()
    quiet.finish()
    parent.finish()
    t.strictSame(
      likely.all().map(({ name }) => name),
      ['parent'],
    )
    t.match(String(off), /^PrioritySampler\{ParentBased/)
  },
)

t.test('prioritySampler() takes th from the tracestate of what it forces', async (t) => {
  const sampler = prioritySampler(new AlwaysOffSampler())
  const stateBelow = (traceFlags: number, priority: number): string | undefined => {
    const traceState = otelTraceState('ot=th:8;rv:00000000000001,other=1')
    const parent = { traceId: '1'.repeat(32), spanId: '1'.repeat(16), traceFlags, traceState }
    const below = trace.setSpanContext(ROOT_CONTEXT, parent)
    const tags = { 'sampling.priority': priority }
    const result = sampler.shouldSample(below, parent.traceId, 'forced', 0, tags, [])
    return (result.traceState ?? traceState).serialize()
  }
  t.equal(stateBelow(0, 1), 'ot=rv:00000000000001,other=1')
  t.equal(stateBelow(1, 0), 'ot=rv:00000000000001,other=1')
  t.equal(stateBelow(1, 1), 'ot=th:8;rv:00000000000001,other=1', 'both have decided alike')
})

t.test('nothing that a program hands over makes it throw', async (t) => {
  const { tracer, recorded } = createRecorder()
  const nothing = [undefined, null] as const
  for (const value of nothing as unknown as readonly never[]) {
    const span = tracer.startSpan('a', value)
    span.addTags(value).log(value).setBaggageItem('k', value).setTag('k', value)
    tracer
      .startSpan('b', { childOf: value, references: value, tags: value, startTime: value })
      .finish()
    tracer.startSpan('b', { references: [value] }).finish(value)
    span.finish(value)
    tracer.inject(value, value, value)
    t.equal(tracer.extract(value, value), null)
  }
  t.equal(recorded('b').parentSpanContext, undefined)
})
