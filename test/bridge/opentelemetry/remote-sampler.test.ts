import type { Context } from '@opentelemetry/api'
import { createTraceState, ROOT_CONTEXT, TraceFlags, trace } from '@opentelemetry/api'
import { BasicTracerProvider } from '@opentelemetry/sdk-trace-base'
import t from 'tap'
import type { SamplingStrategy } from '../../../bridge/jaeger-sampling/strategy.ts'
import type { RemoteSamplerOptions } from '../../../bridge/opentelemetry/remote-sampler.ts'
import { RemoteSampler } from '../../../bridge/opentelemetry/remote-sampler.ts'
import type { Runtime } from '../../../bridge/opentelemetry/send-request.ts'
import { b3Single } from '../../../bridge/propagation/b3-single.ts'
import { jaegerFormat } from '../../../bridge/propagation/jaeger.ts'
import { textMapPropagator } from '../../../bridge/propagation/text-map-propagator.ts'
import { until } from '../../transport/start-listener.ts'

/** A clock and waits that the test moves. */
class SteppedRuntime implements Runtime {
  now = 0
  readonly waits: { readonly ms: number; readonly end: () => void }[] = []

  nowMs(): number {
    return this.now
  }

  sleep(ms: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      this.waits.push({ ms, end: resolve })
      signal.addEventListener('abort', () => resolve())
      if (signal.aborted) resolve()
    })
  }

  random(): number {
    return 0
  }
}

const share = (probability: number): SamplingStrategy => ({
  service: { kind: 'probabilistic', probability },
  operations: undefined,
})

type Answer = SamplingStrategy | Error

/** Answers in this order; the last one stays. */
function start(answers: Answer[], options: Partial<RemoteSamplerOptions> = {}) {
  const runtime = new SteppedRuntime()
  const asked: string[] = []
  const problems: string[] = []
  let isClosed = false
  const transport = {
    async ask(service: string) {
      asked.push(service)
      const answer = answers.length > 1 ? answers.shift() : answers[0]
      if (answer === undefined || answer instanceof Error) throw answer
      return answer
    },
    close: () => {
      isClosed = true
    },
  }
  const sampler = new RemoteSampler({
    service: 'cart',
    transport,
    runtime,
    onProblem: (message) => problems.push(message),
    ...options,
  })
  /** Ends the wait that it is in, and waits for the next. */
  const next = async () => {
    const { length } = runtime.waits
    runtime.waits.at(-1)?.end()
    await until(() => runtime.waits.length > length)
  }
  const ready = () => until(() => runtime.waits.length === 1)
  return { sampler, runtime, asked, problems, next, ready, isClosed: () => isClosed }
}

/** Decided by a share of 1/4 and more, and not by less. */
const traceId = '0123456789abcdef01c0000000000000'

function decide(sampler: RemoteSampler, context: Context = ROOT_CONTEXT, attributes = {}) {
  const { decision, traceState, ...rest } = sampler.shouldSample(
    context,
    traceId,
    'GET /cart',
    0,
    attributes,
  )
  return { kept: decision === 2, state: traceState?.serialize(), ...rest }
}

t.test('RemoteSampler has a share of 0.001 until the gateway has answered', async (t) => {
  const { sampler, ready, asked } = start([share(0.25)])
  t.strictSame(decide(sampler), { kept: false, state: undefined })
  t.equal(sampler.strategy, undefined)
  await ready()
  t.strictSame(asked, ['cart'])
  t.strictSame(sampler.strategy, share(0.25))
  t.strictSame(decide(sampler), {
    kept: true,
    state: 'ot=th:c',
    attributes: { 'sampler.type': 'probabilistic', 'sampler.param': 0.25 },
  })
})

t.test(
  'RemoteSampler keeps what it knows while the gateway is away, and asks sooner',
  async (t) => {
    const away = new Error('nobody is there')
    const answers = [share(1), away, away, away, share(0)]
    const { sampler, runtime, ready, next, problems } = start(answers)
    await ready()
    for (let turn = 0; turn < 3; turn++) {
      await next()
      t.ok(decide(sampler).kept)
    }
    t.strictSame(problems, Array(3).fill('Cannot learn what to sample: nobody is there'))
    await next()
    t.notOk(decide(sampler).kept)
    t.strictSame(
      runtime.waits.map(({ ms }) => ms),
      [60_000, 1000, 2000, 4000, 60_000],
    )
  },
)

t.test(
  'RemoteSampler waits no longer than between two questions, however often it fails',
  async (t) => {
    const { runtime, ready, next } = start([new Error('no')], { limits: { pollMs: 3000 } })
    await ready()
    await next()
    await next()
    await next()
    t.strictSame(
      runtime.waits.map(({ ms }) => ms),
      [1000, 2000, 3000, 3000],
    )
  },
)

t.test('shutdown() ends the questions and closes the transport, not the decisions', async (t) => {
  const { sampler, ready, asked, isClosed } = start([share(1)])
  await ready()
  await sampler.shutdown()
  await sampler.shutdown()
  t.ok(isClosed())
  t.equal(asked.length, 1)
  t.ok(decide(sampler).kept)
})

t.test('RemoteSampler refuses a limit that is no positive number', async (t) => {
  t.throws(() => start([share(1)], { limits: { pollMs: 0 } }), {
    name: 'RangeError',
    message: 'Cannot make sampler: pollMs is 0, must be above 0',
  })
})

t.test('RemoteSampler refuses a time that no timer can wait, which would be none', async (t) => {
  for (const pollMs of [2 ** 31, Number.POSITIVE_INFINITY]) {
    t.throws(() => start([share(1)], { limits: { pollMs } }), {
      name: 'RangeError',
      message: `Cannot make sampler: pollMs is ${pollMs}, must be at most 2147483647`,
    })
  }
})

function parentContext(traceFlags: number, state?: string, isRemote = true): Context {
  return trace.setSpanContext(ROOT_CONTEXT, {
    traceId,
    spanId: '0123456789abcdef',
    traceFlags,
    isRemote,
    ...(state !== undefined && { traceState: createTraceState(state) }),
  })
}

/** What comes of a parent: the randomness of the trace is c00000…, or its `rv`. */
for (const [what, flags, state, expected] of [
  ['a parent that is kept', 1, undefined, { kept: true, state: undefined }],
  ['a parent that is not', 0, undefined, { kept: false, state: undefined }],
  ['a parent with other members', 1, 'x=y', { kept: true, state: undefined }],
  ['a share that kept the parent', 1, 'ot=th:c,x=y', { kept: true, state: undefined }],
  ['a share that cannot have', 1, 'ot=th:d,x=y', { kept: true, state: 'x=y' }],
  [
    'a share that kept it by its rv',
    1,
    'ot=th:d;rv:d0000000000000',
    { kept: true, state: undefined },
  ],
  [
    'a share and no decision',
    0,
    'ot=th:1;rv:f0000000000000',
    { kept: false, state: 'ot=rv:f0000000000000' },
  ],
] as const) {
  for (const strategy of [share(0), share(1)]) {
    t.test(`RemoteSampler follows ${what}, whatever the strategy`, async (t) => {
      const { sampler, ready } = start([strategy])
      await ready()
      t.strictSame(decide(sampler, parentContext(flags, state)), expected)
      t.strictSame(decide(sampler, parentContext(flags, state, false)), expected)
    })
  }
}

t.test('sampling.priority forces a decision, against parent and strategy', async (t) => {
  const { sampler, ready } = start([share(0)])
  await ready()
  const force = (priority: number) => ({ 'sampling.priority': priority })
  t.strictSame(decide(sampler, ROOT_CONTEXT, force(1)), { kept: true, state: undefined })
  t.ok(decide(sampler, parentContext(0), force(1)).kept)
  // No share has kept the parent, so none has kept this one.
  t.strictSame(decide(sampler, parentContext(0, 'ot=th:c,x=y'), force(1)), {
    kept: true,
    state: 'x=y',
  })
  t.strictSame(decide(sampler, parentContext(1, 'ot=th:c'), force(0)), { kept: false, state: '' })
  const { sampler: all, ready: allReady } = start([share(1)])
  await allReady()
  t.notOk(decide(all, ROOT_CONTEXT, force(0)).kept)
})

t.test('jaeger-debug-id forces a trace, b3 without a state leaves it open', async (t) => {
  const { sampler, ready } = start([share(0.25)])
  await ready()
  const { sampler: none, ready: noneReady } = start([share(0)])
  await noneReady()
  const getter = {
    get: (carrier: Record<string, string>, key: string) => carrier[key],
    keys: (carrier: Record<string, string>) => Object.keys(carrier),
  }
  const debug = textMapPropagator(jaegerFormat()).extract(
    ROOT_CONTEXT,
    { 'jaeger-debug-id': 'x' },
    getter,
  )
  t.ok(decide(none, debug).kept)
  const b3 = (text: string) =>
    textMapPropagator(b3Single).extract(ROOT_CONTEXT, { b3: text }, getter)
  const open = b3(`${traceId}-0123456789abcdef`)
  t.match(decide(sampler, open), { kept: true, state: 'ot=th:c' })
  t.notOk(decide(none, open).kept)
  t.notOk(decide(sampler, b3('0')).kept)
  t.ok(decide(none, b3(`${traceId}-0123456789abcdef-d`)).kept)
})

t.test('spans of a provider carry the share of their root', async (t) => {
  const { sampler, ready } = start([share(1)])
  await ready()
  const tracer = new BasicTracerProvider({ sampler }).getTracer('test')
  const root = tracer.startSpan('GET /cart', {}, ROOT_CONTEXT)
  t.equal(root.spanContext().traceState?.serialize(), 'ot=th:0')
  t.equal(root.spanContext().traceFlags, TraceFlags.SAMPLED)
  const child = tracer.startSpan('x', {}, trace.setSpan(ROOT_CONTEXT, root))
  t.equal(child.spanContext().traceState?.serialize(), 'ot=th:0')
})
