import { propagation } from '@opentelemetry/api'
import { FORMAT_BINARY, FORMAT_HTTP_HEADERS, FORMAT_TEXT_MAP } from 'opentracing'
import t from 'tap'
import type { BridgeTracer } from '../../../bridge/opentracing/bridge-tracer.ts'
import { openTracingLossReasons } from '../../../bridge/opentracing/loss.ts'
import { b3Single } from '../../../bridge/propagation/b3-single.ts'
import { compositeFormat } from '../../../bridge/propagation/composite.ts'
import { textMapPropagator } from '../../../bridge/propagation/text-map-propagator.ts'
import { traceContext } from '../../../bridge/propagation/trace-context.ts'
import { w3cBaggage } from '../../../bridge/propagation/w3c-baggage.ts'
import { createRecorder } from './record.ts'

const headers = [traceContext, b3Single, w3cBaggage]
propagation.setGlobalPropagator(
  textMapPropagator(compositeFormat({ read: headers, write: headers })),
)
t.teardown(() => propagation.disable())

const refuses = () => {
  throw new RangeError('no')
}
const revoked = (target: object) => {
  const { proxy, revoke } = Proxy.revocable(target, {})
  revoke()
  return proxy
}
const ring: Record<string, unknown> = {}
ring['self'] = ring

/** What a program in JavaScript may hand over by mistake, by name. */
const oddValues: Readonly<Record<string, unknown>> = {
  undefined: undefined,
  null: null,
  'a number': 5,
  NaN: Number.NaN,
  'a bigint': 5n,
  'a symbol': Symbol('odd'),
  'a text': 'odd',
  'an empty text': '',
  'a boolean': true,
  'a function': () => 1,
  'a list': [1, 'two', null],
  'a list of odd things': [Symbol('odd'), Object.create(null)],
  'an object without prototype': Object.create(null),
  'an object whose text throws': { toString: refuses, valueOf: refuses, toJSON: refuses },
  'an object whose kind throws': Object.defineProperty({ ...ring }, Symbol.toStringTag, {
    get: refuses,
  }),
  'an object with a getter that throws': Object.defineProperty({ good: 1 }, 'bad', {
    get: refuses,
    enumerable: true,
  }),
  'an object whose methods throw': { type: refuses, referencedContext: refuses, context: refuses },
  'a ring': ring,
  'a frozen object': Object.freeze({ buffer: 'odd' }),
  'a revoked object': revoked({}),
  'a revoked list': revoked([]),
  'a broken date': new Date(Number.NaN),
  'a promise': Promise.resolve(1),
}

type Call = (tracer: BridgeTracer, odd: never) => unknown
const calls: Readonly<Record<string, Call>> = {
  'startSpan() as name': (tracer, odd) => tracer.startSpan(odd).finish(),
  'startSpan() as options': (tracer, odd) => tracer.startSpan('a', odd).finish(),
  'startSpan() as tags': (tracer, odd) => tracer.startSpan('a', { tags: odd }).finish(),
  'startSpan() as a tag': (tracer, odd) => tracer.startSpan('a', { tags: { odd } }).finish(),
  'startSpan() as the tags with a meaning': (tracer, odd) =>
    tracer
      .startSpan('a', { tags: { error: odd, 'span.kind': odd, 'sampling.priority': odd } })
      .finish(),
  'startSpan() as references': (tracer, odd) => tracer.startSpan('a', { references: odd }).finish(),
  'startSpan() as a reference': (tracer, odd) =>
    tracer.startSpan('a', { references: [odd] }).finish(),
  'startSpan() as childOf': (tracer, odd) => tracer.startSpan('a', { childOf: odd }).finish(),
  'startSpan() as time': (tracer, odd) => tracer.startSpan('a', { startTime: odd }).finish(),
  'setTag() as key': (tracer, odd) => tracer.startSpan('a').setTag(odd, 1).finish(),
  'setTag() as value': (tracer, odd) => tracer.startSpan('a').setTag('odd', odd).finish(),
  'setTag() as priority': (tracer, odd) =>
    tracer.startSpan('a').setTag('sampling.priority', odd).finish(),
  'addTags()': (tracer, odd) => tracer.startSpan('a').addTags(odd).finish(),
  'log()': (tracer, odd) => tracer.startSpan('a').log(odd).finish(),
  'log() as event': (tracer, odd) => tracer.startSpan('a').log({ event: odd }).finish(),
  'log() as an error': (tracer, odd) =>
    tracer.startSpan('a').log({ event: 'error', 'error.object': odd, message: odd }).finish(),
  'log() as time': (tracer, odd) => tracer.startSpan('a').log({ a: 1 }, odd).finish(),
  'logEvent()': (tracer, odd) => {
    const span = tracer.startSpan('a')
    span.logEvent(odd, odd)
    span.finish()
  },
  'setOperationName()': (tracer, odd) => tracer.startSpan('a').setOperationName(odd).finish(),
  'setBaggageItem() as key': (tracer, odd) => {
    const span = tracer.startSpan('a').setBaggageItem(odd, 'value')
    tracer.inject(span, FORMAT_HTTP_HEADERS, {})
    span.finish()
  },
  'setBaggageItem() as value': (tracer, odd) => {
    const span = tracer.startSpan('a').setBaggageItem('key', odd)
    for (const format of formats) tracer.inject(span, format, {})
    span.finish()
  },
  'getBaggageItem()': (tracer, odd) => tracer.startSpan('a').getBaggageItem(odd),
  'finish()': (tracer, odd) => tracer.startSpan('a').finish(odd),
  'inject() as context': (tracer, odd) => tracer.inject(odd, FORMAT_HTTP_HEADERS, {}),
  'inject() as format': (tracer, odd) => tracer.inject(tracer.startSpan('a'), odd, {}),
  'inject() as carrier': (tracer, odd) => {
    for (const format of formats) tracer.inject(tracer.startSpan('a'), format, odd)
  },
  'extract() as format': (tracer, odd) => tracer.extract(odd, {}),
  'extract() as carrier': (tracer, odd) => {
    for (const format of formats) tracer.extract(format, odd)
  },
  'extract() as a header': (tracer, odd) => {
    for (const format of formats) {
      tracer.extract(format, { traceparent: odd, 'uber-trace-id': odd, baggage: odd, b3: odd })
    }
  },
  'extract() as the buffer': (tracer, odd) => tracer.extract(FORMAT_BINARY, { buffer: odd }),
}
const formats = [FORMAT_TEXT_MAP, FORMAT_HTTP_HEADERS, FORMAT_BINARY]

for (const [name, call] of Object.entries(calls)) {
  t.test(`${name}: no odd value makes it throw`, async (t) => {
    for (const [kind, odd] of Object.entries(oddValues)) {
      const { tracer, all, losses } = createRecorder()
      t.doesNotThrow(() => call(tracer, odd as never), kind)
      if (name.includes('startSpan()') || name.includes('log()')) {
        t.equal(all().length, 1, `${kind}: the span is recorded all the same`)
      }
      t.ok(losses.every(({ reason }) => openTracingLossReasons.includes(reason)))
    }
  })
}

const counted: readonly [string, Call, string][] = [
  ['startSpan() as name', (tracer) => tracer.startSpan(undefined as never), 'no name'],
  ['tags that are none', (tracer) => tracer.startSpan('a', { tags: 5 as never }), 'no tags'],
  ['a reference', (tracer) => tracer.startSpan('a', { references: [5 as never] }), 'no reference'],
  ['references', (tracer) => tracer.startSpan('a', { references: 5 as never }), 'no list'],
  [
    'a tag that cannot be read',
    (tracer) =>
      tracer.startSpan('a').addTags(oddValues['an object with a getter that throws'] as never),
    'bad',
  ],
  ['options', (tracer) => tracer.startSpan('a', 5 as never), 'no options'],
  ['a log', (tracer) => tracer.startSpan('a').log('odd' as never), 'no fields'],
  ['a symbol as key', (tracer) => tracer.startSpan('a').setTag(Symbol('k') as never, 1), 'symbol'],
]
for (const [name, call, why] of counted) {
  t.test(`what is not taken of ${name} is a loss`, async (t) => {
    const { tracer, losses } = createRecorder()
    call(tracer, undefined as never)
    t.match(losses, [{ reason: 'bad_argument', message: why }])
    t.equal(tracer.losses().bad_argument, 1)
  })
}

t.test('what is good beside an odd value is recorded', async (t) => {
  const { tracer, recorded, losses } = createRecorder()
  const parent = tracer.startSpan('parent')
  const tags = Object.defineProperty({ good: 1 }, 'bad', { get: refuses, enumerable: true })
  const { proxy, revoke } = Proxy.revocable({}, {})
  revoke()
  tracer
    .startSpan('child', { childOf: parent, references: [proxy as never], tags: tags as never })
    .log(tags as never)
    .finish()
  const { attributes, events, parentSpanContext } = recorded('child')
  t.equal(attributes['good'], 1)
  t.match(events, [{ attributes: { good: 1 } }])
  t.equal(parentSpanContext?.spanId, parent.context().toSpanId())
  t.same(
    losses.map(({ reason }) => reason),
    ['bad_argument', 'bad_argument', 'bad_argument'],
  )
})

t.test('a carrier that takes nothing is a loss', async (t) => {
  for (const format of formats) {
    const { tracer, losses } = createRecorder()
    tracer.inject(tracer.startSpan('a'), format, Object.freeze({}))
    t.match(losses, [{ reason: 'bad_carrier', message: /^inject\(\): / }])
  }
})
